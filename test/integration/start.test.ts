import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../../system/folders.ts';
import { anOrder } from '../support/orders.ts';
import { finish, launch, start, temporaryFolder } from './npm-start.ts';
import { connection } from './support.ts';

const folder = temporaryFolder();

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('npm start', () => {
  it('verifies that every event was applied once, and writes its measurements', async () => {
    const { code, output, result } = await start(folder, ['--limit', '100']);
    expect(output).toContain('Every event was applied exactly once.');
    expect(code).toBe(0);
    const { published, consumers, verified, seconds } = result;
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

  it('stops everything that it started on Ctrl-C while it publishes', async () => {
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
      'line 2: order 536365 is in two message groups',
    ],
    ['no events', ['--events', file('c', '\n')], 'has no events'],
    ['a broken archive', ['--events', file('d', '\x1f\x8bnot gzip')], join(folder, 'd')],
  ])('fails with one clear message on %s, before it starts anything', async (_, args, message) => {
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

  it('refuses to end function processes that are not its own, before it deploys anything', async () => {
    const { code, output } = await finish(
      launch(['--limit', '1', '--kill', '1'], { AWS_ENDPOINT_URL: connection.clientConfig.endpoint }),
    );
    expect(code).toBe(2);
    expect(output).toContain('unset AWS_ENDPOINT_URL');
    expect(output).not.toContain('Deploying');
  });
});
