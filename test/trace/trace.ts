import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../../contract/clock.ts';
import type { CloudEvent } from '../../contract/event/event-parser.ts';
import { systemRandom } from '../../contract/random.ts';
import type * as Runtime from '../../runtime/index.ts';
import { remaining, sqsEvent, sqsRecord } from '../support/sqs.ts';
import { type Call, instrument } from './instrument.ts';

// `npm run trace`: the way of one message that is applied, and of one whose handler fails. It runs a copy of the runtime
// with the memory store, prints each change from one file to another, and counts files and changes.

const repository = new URL('../../', import.meta.url);
const copy = new URL('.local/trace/', repository);

/**
 * The rooms on the way of a message, from the Lambda handler down to the store. Left out are rooms of helpers that lead
 * nowhere else: `contract/`, `handler/`, `values/`, `logging/`, `ports/`, and what the memory store is made of.
 */
const rooms = [
  'consumer',
  'delivery',
  'settlement',
  'message',
  'guarantees',
  'stores/memory/memory-store.ts',
].map((room) => `runtime/${room}`);

const calls: Call[] = [];
Object.assign(globalThis, { traceCall: (file: string, name: string) => calls.push({ file, name }) });
const { createConsumer, exactlyOnce, memoryStore, put } = await instrumentedRuntime();

/** No time passes: a sleep ends when it is given up. */
const clock: Clock = {
  now: () => 1_700_000_000_000,
  sleep: (_, signal) => new Promise((resolve) => signal?.addEventListener('abort', () => resolve())),
};

trace('an applied message', await callsOf('applied', ({ data }) => [put('seats', { seat: data })]));
trace(
  'a message whose handler fails',
  await callsOf('failed', () => {
    throw new Error('The handler failed');
  }),
);

type SeatEvent = CloudEvent & { readonly data: string };

/** The calls of one delivery, by a consumer that has delivered another message before. */
async function callsOf(
  outcome: string,
  handle: (event: SeatEvent) => readonly Runtime.Effect[],
): Promise<readonly Call[]> {
  const lines: string[] = [];
  const consumer = createConsumer(
    { name: 'traced', parse: ({ body }) => JSON.parse(body) as SeatEvent, guarantee: exactlyOnce(), handle },
    {
      store: memoryStore({ seats: ['seat'] }),
      deadLetters: { send: async () => {} },
      visibility: { change: async () => {} },
      acknowledgements: { acknowledge: async () => {} },
      visibilityTimeoutSeconds: 180,
      queueRetentionSeconds: 345_600,
      maxReceiveCount: 1000,
      recordTtlSeconds: 3_888_000,
      onPoison: 'quarantine',
      clock,
      random: systemRandom,
      output: (line) => lines.push(line),
      endProcess: () => {},
    },
  );
  for (const id of ['first', 'second']) {
    calls.length = 0;
    lines.length = 0;
    const event = { specversion: '1.0', source: 'urn:trace', id, type: 'seat', data: id };
    await consumer(
      sqsEvent(sqsRecord(event as never, { messageId: id, group: 'hall', sentAt: clock.now() })),
      remaining(),
    );
  }
  const { outcome: found } = JSON.parse(lines[0] ?? '{}');
  if (found !== outcome)
    throw new Error(`The traced message ended as ${found}, not as ${outcome}: ${lines[0]}`);
  return calls.splice(0);
}

/** A copy of the runtime, whose functions report to `calls`. */
async function instrumentedRuntime(): Promise<typeof Runtime> {
  await rm(copy, { recursive: true, force: true });
  for (const room of ['contract', 'runtime']) {
    for (const name of await readdir(new URL(room, repository), { recursive: true })) {
      if (!name.endsWith('.ts')) continue;
      const file = `${room}/${name}`;
      const source = await readFile(new URL(file, repository), 'utf8');
      const isTraced = rooms.some((traced) => file.startsWith(traced));
      const target = new URL(file, copy);
      await mkdir(dirname(target.pathname), { recursive: true });
      await writeFile(target, isTraced ? instrument(file, source, 'traceCall') : source);
    }
  }
  return await import(new URL('runtime/index.ts', copy).href);
}

function trace(title: string, way: readonly Call[]): void {
  const steps = way.filter(({ file }, index) => file !== way[index - 1]?.file);
  const files = new Set(steps.map(({ file }) => file));
  const lines = steps.map(({ file, name }, index) => `${String(index).padStart(4)}  ${file}  ${name}`);
  process.stdout.write(
    `${title}: ${files.size} files, ${steps.length - 1} changes of file\n${lines.join('\n')}\n\n`,
  );
}
