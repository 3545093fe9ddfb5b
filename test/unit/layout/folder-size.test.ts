import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const repository = join(__dirname, '../../..');

/** A folder with more files is no longer taken in at a glance. */
const mostFiles = 12;

/** The rooms of ARCHITECTURE.md that hold code; tests and the model have a file for each thing that they show. */
const rooms = [
  'bin',
  'cli',
  'operations',
  'contract',
  'lab',
  'lambda',
  'lib',
  'local',
  'publisher',
  'runtime',
  'simulation',
  'system',
  'testing',
];

const folders = rooms.flatMap((room) => {
  const inside = readdirSync(join(repository, room), { recursive: true, withFileTypes: true });
  return [room, ...inside.filter((entry) => entry.isDirectory()).map((entry) => pathOf(entry))];
});

function pathOf({ parentPath, name }: { readonly parentPath: string; readonly name: string }): string {
  return join(parentPath, name).slice(repository.length + 1);
}

test.each(folders)('%s holds at most 12 files', (folder) => {
  const files = readdirSync(join(repository, folder), { withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  expect(files.length).toBeLessThanOrEqual(mostFiles);
});
