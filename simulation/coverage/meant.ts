import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Files that a run replaces or does not need: adapters to the outside, and code that no workload deploys. */
const notMeant = [
  'runtime/powertools/',
  'runtime/stores/dynamodb/',
  'runtime/stores/redis/',
  'runtime/aws/',
  'runtime/consumer/dependencies-from-environment.ts',
  'publisher/journal/journal-file.ts',
  'publisher/input/lines.ts',
  'publisher/publish-event.ts',
  'publisher/topic/sns-topic.ts',
];

/** The sources that the simulation should reach, relative to the root of the repository. */
export async function meantSources(repository: string): Promise<string[]> {
  const rooms = ['runtime', 'publisher'];
  const found = await Promise.all(
    rooms.map(async (room) => {
      const names = await readdir(join(repository, room), { recursive: true });
      return names.map((name) => `${room}/${name}`);
    }),
  );
  return found
    .flat()
    .filter((path) => path.endsWith('.ts') && !notMeant.some((start) => path.startsWith(start)))
    .sort();
}
