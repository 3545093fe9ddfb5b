import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemRandom } from '../../../contract/random.ts';
import { JournalError } from '../../../publisher/errors.ts';
import { type JournalStorage, journalFile } from '../../../publisher/journal/journal-file.ts';
import { type PublishToOptions, publishTo } from '../../../publisher/publish.ts';
import { sourceLoader } from '../../../system/source-loader.ts';
import { FakeTopic } from './support/fake-topic.ts';
import { orders, toLines } from './support/orders.ts';
import { seededRandom } from './support/seeded-random.ts';
import { VirtualClock } from './support/virtual-clock.ts';

const anyText = () => {};

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'publisher-'));
  file = join(folder, 'orders.journal');
});
afterEach(() => rm(folder, { recursive: true }));

function setUp() {
  const clock = new VirtualClock();
  const random = seededRandom(1);
  const topic = new FakeTopic(clock, random);
  const run = (count: number, options: PublishToOptions<never> = {}) =>
    publishTo(topic, toLines(orders(count)), { clock, random, journal: journalFile(file), ...options });
  return { topic, run };
}

async function failureOf(promise: Promise<unknown>): Promise<JournalError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(JournalError);
  return error as JournalError;
}

const stateIn = async (path: string) => JSON.parse(await readFile(path, 'utf8'));

test('a journal file is replaced as a whole, and temporary files of killed runs are removed', async () => {
  // GIVEN what processes left that were killed before their rename, and the file of another journal
  await writeFile(`${file}.tmp`, '{"version": 1, "run');
  await writeFile(`${file}.0d4d1c50-6a0c-4d0c-9d0e-5f0f6f0a0b0c.tmp`, '{"version": 1, "run');
  await writeFile(`${file}.2.tmp`, 'of the journal orders.journal.2');
  const { run } = setUp();
  // WHEN orders are published, twice
  await run(30);
  const again = await run(30);
  // THEN
  expect(again).toMatchObject({ events: 0, skipped: 30 });
  expect(await readdir(folder)).toEqual(['orders.journal', 'orders.journal.2.tmp']);
  expect(await stateIn(file)).toMatchObject({ lines: 30, reserved: 30 });
});

test.each<[string, (file: JournalStorage) => Promise<unknown>, string]>([
  ['read', (file) => file.read(), 'JOURNAL_UNREADABLE'],
  ['written', (file) => file.write('{}', anyText), 'JOURNAL_UNREADABLE'],
])('an error names a journal that is a directory, and the fix, when it is %s', async (_, use, code) => {
  const error = await failureOf(use(journalFile(folder)));
  expect(error.code).toBe(code);
  expect(error.message).toBe(`The journal ${folder} is a directory: name a file in it`);
});

test('a journal in a folder that does not exist stops the run before anything is sent', async () => {
  const { topic, run } = setUp();
  const error = await failureOf(run(3, { journal: journalFile(join(folder, 'none', 'journal')) }));
  expect(error.code).toBe('JOURNAL_UNWRITABLE');
  expect(topic.requests).toEqual([]);
});

describe('a journal that is named by several paths', () => {
  test.each([
    ['a link to the file', async (other: string) => symlink(file, other)],
    ['a link relative to its folder', async (other: string) => symlink('orders.journal', other)],
  ])('is one journal: %s, created before the file', async (_, link) => {
    const other = join(folder, 'other.journal');
    await link(other);
    const { run } = setUp();
    await run(20, { journal: journalFile(other) });
    expect(await run(30)).toMatchObject({ events: 10, skipped: 20 });
    expect(await run(30, { journal: journalFile(other) })).toMatchObject({ events: 0, skipped: 30 });
  });

  test('is one journal: through a linked folder, and with a relative path', async () => {
    await mkdir(join(folder, 'real'));
    await symlink('real', join(folder, 'linked'));
    const { run } = setUp();
    const real = join(folder, 'real', 'journal');
    await run(20, { journal: journalFile(join(folder, 'linked', 'journal')) });
    expect(await run(30, { journal: journalFile(relative(process.cwd(), real)) })).toMatchObject({
      skipped: 20,
    });
    expect(await stateIn(real)).toMatchObject({ lines: 30 });
  });
});

describe('two runs on one journal file', () => {
  test('never overwrite each other unnoticed: a run that paused between reading and writing finds the other one', async () => {
    // GIVEN a run that looks at the journal before it replaces it
    const first = journalFile(file);
    await first.write('1', anyText);
    const seen: (string | undefined)[] = [];
    const write = first.write('1 again', (found) => {
      seen.push(found);
      if (found !== '1') throw new JournalError('JOURNAL_TAKEN', 'another run');
      // WHEN another process replaces it right after that look
      const { href } = new URL('../../../publisher/journal/journal-file.ts', import.meta.url);
      const code = `const { journalFile } = await import('${href}'); await journalFile('${file}').write('2', () => {});`;
      execFileSync(process.execPath, [...sourceLoader, '--input-type=module', '-e', code]);
    });
    // THEN the first run looks again, and leaves the text of the other
    await expect(write).rejects.toMatchObject({ code: 'JOURNAL_TAKEN' });
    expect(seen).toEqual(['1', '2']);
    expect(await readFile(file, 'utf8')).toBe('2');
    expect(await readdir(folder)).toEqual(['orders.journal']);
  });

  test('never both stop, in one process, and the journal can be read at any time', async () => {
    const arn = 'arn:aws:sns:eu-west-1:123456789012:orders.fifo';
    const lines = toLines(orders(100, 7));
    for (let trial = 0; trial < 25; trial += 1) {
      const journal = `${file}-${trial}`;
      let now = 1_790_000_000_000;
      const clock = { now: () => (now += 40), sleep: (ms: number) => sleep(ms / 50) };
      const texts: string[] = [];
      const publishBatch = async (entries: readonly unknown[]) => {
        await sleep(systemRandom.next() * 8);
        texts.push(await readFile(journal, 'utf8'));
        return entries.map(() => 'accepted' as const);
      };
      const run = () => publishTo({ arn, publishBatch }, lines, { journal: journalFile(journal), clock });
      const results = await Promise.allSettled([run(), sleep(systemRandom.next() * 20).then(run)]);
      const stopped = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []));
      expect([[], ['JOURNAL_TAKEN']]).toContainEqual(stopped);
      for (const text of texts) expect(JSON.parse(text)).toMatchObject({ version: 1 });
      expect(await stateIn(journal)).toMatchObject({ lines: 100 });
    }
  });

  const script = join(import.meta.dirname, 'support', 'publishing-process.ts');
  let processes: ChildProcess[] = [];
  afterEach(() => {
    for (const child of processes) child.kill('SIGKILL');
    processes = [];
  });

  /** A publisher in a process of its own. */
  function start(accepted: string) {
    const child = spawn(process.execPath, [...sourceLoader, script, file, accepted], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    processes.push(child);
    let output = '';
    const started = new Promise<void>((resolve) => {
      child.stdout.on('data', (chunk) => {
        output += chunk;
        resolve();
      });
    });
    const ended = new Promise<string>((resolve) => {
      child.on('close', () => resolve(output.trim().split('\n').at(-1) ?? ''));
    });
    return { child, started, ended };
  }
  const linesIn = async (path: string) => (await readFile(path, 'utf8')).trim().split('\n').map(Number);

  test('never both stop, in separate processes', async () => {
    const first = start(join(folder, 'accepted-1'));
    await first.started;
    const second = start(join(folder, 'accepted-2'));
    const ends = [await first.ended, await second.ended];
    expect(ends).toContain('published');
    for (const end of ends) expect(['published', 'JOURNAL_TAKEN']).toContain(end);
    expect(await stateIn(file)).toMatchObject({ lines: 300, reserved: 300 });
  });

  test('a killed process does not block the next one, which continues from its journal', async () => {
    const accepted = join(folder, 'accepted');
    for (let kills = 0; kills < 3; kills += 1) {
      const { child, started, ended } = start(accepted);
      await started;
      await sleep(30 + systemRandom.next() * 30);
      child.kill('SIGKILL');
      await ended;
    }
    expect(await start(accepted).ended).toBe('published');
    expect(new Set(await linesIn(accepted)).size).toBe(300);
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});
