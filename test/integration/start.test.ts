import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sourceLoader } from '../../system/source-loader.ts';
import { anOrder } from '../support/orders.ts';
import { connection } from './support.ts';

const repository = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'order-once-start-'));
afterAll(() => rmSync(folder, { recursive: true }));

function launch(args: readonly string[], environment: Record<string, string> = {}): ChildProcess {
  return spawn(process.execPath, [...sourceLoader, 'local/start.ts', ...args], {
    cwd: repository,
    // biome-ignore lint/style/noProcessEnv: the command gets the environment that a user's shell would give it.
    env: { ...process.env, ...environment },
  });
}

async function finish(child: ChildProcess) {
  let output = '';
  child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    output += chunk;
  });
  const [code, signal] = await once(child, 'close');
  return { code, signal, output };
}

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('npm start', () => {
  it('verifies that every event was applied once, and writes what it measured', async () => {
    const json = join(folder, 'result.json');
    const { code, output } = await finish(launch(['--limit', '100', '--json', json]));
    expect(output).toContain('Every event was applied exactly once.');
    expect(code).toBe(0);
    const { published, consumers, verified, seconds } = JSON.parse(readFileSync(json, 'utf8'));
    const { fulfilment, billing, notifications } = consumers;
    expect(published).toMatchObject({ events: 100, sent: fulfilment.delivered + published.removedByBroker });
    expect(fulfilment).toMatchObject({ applied: 100, conflicts: 2, poison: 7, failed: 0 });
    expect(fulfilment.delivered).toBe(100 + fulfilment.duplicates + 2 + 7);
    for (const other of [billing, notifications]) expect(other).toEqual(fulfilment);
    expect(verified).toMatchObject({ expected: 100, missing: 0, doubled: 0, dlq: 9, problems: [] });
    expect(verified).toMatchObject({ doubleCharges: 0, doubleMails: 0, unknown: 0, unknowns: [] });
    expect(fulfilment).toMatchObject({ quarantined: 9, retried: 0, suspects: 0 });
    expect(verified.inversions).toBe(0);
    expect(verified.ledgerTotal).toBe(verified.ledgerExpected);
    expect(Object.keys(seconds)).toEqual(['setup', 'deploy', 'publish', 'drain', 'verify']);
  });

  it('charges and mails nothing twice while answers are lost and functions die, and names what is unknown', async () => {
    const json = join(folder, 'faults.json');
    const faults = ['--provider', 'mixed', '--mail', 'mixed', '--kill', '1', '--freeze', '1'];
    const { code, output } = await finish(launch(['--limit', '150', ...faults, '--json', json]));
    const { provider, ended, verified } = JSON.parse(readFileSync(json, 'utf8'));
    expect(verified).toMatchObject({
      missing: 0,
      doubled: 0,
      doubleCharges: 0,
      doubleMails: 0,
      problems: [],
    });
    expect(ended).toMatchObject({ killed: 1, frozen: 1 });
    expect(ended.timedOut).toBeGreaterThan(0);
    const [killed, frozen] = ended.processes;
    expect([killed.way, frozen.way]).toEqual(['killed', 'frozen']);
    expect(frozen.batch).toContainEqual({
      messageId: expect.any(String),
      receiveCount: expect.any(Number),
    });
    expect(provider.resent.total).toBeGreaterThan(0);
    const caused = Object.values<number>(provider.resent.causes).reduce((sum, n) => sum + n, 0);
    expect(caused).toBe(provider.resent.total);
    expect(verified.unknowns).toHaveLength(verified.unknown);
    expect(output).toContain('Nothing was charged or mailed twice.');
    expect(code).toBe(0);
  });

  it('lets no item go back while events come late, and says how many did', async () => {
    const json = join(folder, 'late.json');
    const late = ['--shuffle', '1', '--poison', '10', '--late-duplicates', '0.2'];
    const { code } = await finish(launch(['--limit', '300', ...late, '--json', json]));
    const { published, consumers, verified } = JSON.parse(readFileSync(json, 'utf8'));
    expect(published.late).toBeGreaterThan(10);
    expect(consumers.fulfilment).toMatchObject({ applied: 300, stale: published.late });
    expect(consumers.billing.stale).toBe(0);
    expect(verified).toMatchObject({ missing: 0, doubled: 0, regressions: 0, gaps: 0, problems: [] });
    expect(verified.inversions).toBe(0);
    expect(verified.late).toBe(published.late);
    expect(verified.ledgerTotal).toBe(verified.ledgerExpected);
    expect(code).toBe(0);
  });

  it('gives nothing up while the store refuses, and says how often it did', async () => {
    const json = join(folder, 'outage.json');
    const outage = ['--outage', '10', '--poison', '0', '--conflicts', '0'];
    const { code, output } = await finish(launch(['--limit', '200', ...outage, '--json', json]));
    const { consumers, store, verified } = JSON.parse(readFileSync(json, 'utf8'));
    expect(verified).toMatchObject({ missing: 0, doubled: 0, regressions: 0, inversions: 0, problems: [] });
    expect(verified.ledgerTotal).toBe(verified.ledgerExpected);
    expect(consumers.fulfilment).toMatchObject({ applied: 200, quarantined: 0 });
    expect(consumers.fulfilment.retried).toBeGreaterThan(0);
    for (const { deadLetters } of Object.values<{ deadLetters: number }>(consumers))
      expect(deadLetters).toBe(0);
    expect(store.refused).toBeGreaterThan(0);
    const refusals = Object.values<number>(store.refusals);
    expect(Math.min(...refusals)).toBeGreaterThan(0);
    expect(refusals.reduce((sum, n) => sum + n, 0)).toBe(store.refused);
    expect(output).toMatch(/^requests to the store +\d+$/m);
    expect(code).toBe(0);
  });

  it('fails where the store was to refuse and nothing came to be refused', async () => {
    const { code, output } = await finish(launch(['--limit', '0', '--outage', '5']));
    expect(output).toContain('the store was to refuse, and refused none of 0 requests');
    expect(code).toBe(1);
  });

  it('reads events from standard input', async () => {
    const child = launch(['--events', '-', '--poison', '0', '--conflicts', '0', '--late-duplicates', '1']);
    child.stdin?.end(`${JSON.stringify(anOrder())}\n`);
    const { code, output } = await finish(child);
    expect(output).toMatch(/^ {2}applied +1 +1 +1$/m);
    expect(output).toMatch(/^ {2}duplicates +1 +1 +1$/m);
    expect(code).toBe(0);
  });

  it('stops everything that it started on Ctrl-C, in the middle of publishing', async () => {
    const child = launch(['--limit', '5000']);
    const finished = finish(child);
    await new Promise<void>((resolve) => {
      child.stderr?.on('data', (chunk) => String(chunk).includes('Publishing') && resolve());
    });
    child.kill('SIGINT');
    await expect(finished).resolves.toMatchObject({ signal: 'SIGINT' });
    const left = readdirSync(join(repository, '.local/runs')).filter((run) =>
      run.startsWith(`${child.pid}-`),
    );
    expect(left).toEqual([]);
  });

  it.each([
    ['an unknown option', ['--frobnicate'], "Unknown option '--frobnicate'"],
    ['a negative number', ['--limit', '-1'], '--limit is "-1"'],
    ['a share above 1', ['--duplicates', '7'], '--duplicates is "7"'],
    ['a file that is not there', ['--events', join(folder, 'nowhere')], 'nowhere'],
    ['a folder for a file', ['--events', folder], folder],
    ['a result that cannot be written', ['--json', join(folder, 'nowhere/out.json')], '--json is'],
    [
      'a line that is not JSON',
      ['--events', file('a', `${JSON.stringify(anOrder())}\n\noops\n`)],
      'line 3: ',
    ],
    [
      'an event that is not valid',
      ['--events', file('b', JSON.stringify({ ...anOrder(), id: 7 }))],
      'line 1: id',
    ],
    [
      'an order in two message groups',
      [
        '--events',
        file(
          'e',
          [anOrder(), anOrder({ id: 'other', partitionkey: 'b' })]
            .map((event) => JSON.stringify(event))
            .join('\n'),
        ),
      ],
      'line 2: order 536365 stands in two message groups',
    ],
    ['no events', ['--events', file('c', '\n')], 'holds no events'],
    ['a broken archive', ['--events', file('d', '\x1f\x8bnot gzip')], join(folder, 'd')],
  ])('fails with one clear message on %s, before anything is started', async (_, args, message) => {
    const { code, output } = await finish(launch(args));
    expect(code).toBe(2);
    expect(output).toContain(message);
    expect(output).not.toMatch(/^ +at /m);
    expect(output).not.toContain('Starting');
  });

  it('fails with one clear message on an endpoint that does not answer', async () => {
    const { code, output } = await finish(
      launch(['--limit', '1'], { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' }),
    );
    expect(code).toBe(2);
    expect(output).toContain('http://127.0.0.1:9');
    expect(output).not.toMatch(/^ +at /m);
  });

  it('refuses to end functions whose processes are not its own, before anything is deployed', async () => {
    const { code, output } = await finish(
      launch(['--limit', '1', '--kill', '1'], { AWS_ENDPOINT_URL: connection.clientConfig.endpoint }),
    );
    expect(code).toBe(2);
    expect(output).toContain('unset AWS_ENDPOINT_URL');
    expect(output).not.toContain('Deploying');
  });
});
