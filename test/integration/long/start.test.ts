import { anOrder } from '../../support/orders.ts';
import { finish, launch, start, temporaryFolder } from '../npm-start.ts';

const folder = temporaryFolder();

describe('npm start', () => {
  it('charges and mails nothing twice while answers are lost and functions die, and lists unknown outcomes', async () => {
    const faults = ['--provider', 'mixed', '--mail', 'mixed', '--kill', '1', '--freeze', '1'];
    const { code, output, result } = await start(folder, ['--limit', '150', ...faults]);
    const { provider, ended, verified } = result;
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

  it('never replaces newer items while events come late, and counts the late events', async () => {
    const late = ['--shuffle', '1', '--poison', '10', '--late-duplicates', '0.2'];
    const { code, result } = await start(folder, ['--limit', '300', ...late]);
    const { published, consumers, verified } = result;
    expect(published.late).toBeGreaterThan(10);
    expect(consumers.fulfilment).toMatchObject({ applied: 300, stale: published.late });
    expect(consumers.billing.stale).toBe(0);
    expect(verified).toMatchObject({ missing: 0, doubled: 0, regressions: 0, gaps: 0, problems: [] });
    expect(verified.inversions).toBe(0);
    expect(verified.late).toBe(published.late);
    expect(verified.ledgerTotal).toBe(verified.ledgerExpected);
    expect(code).toBe(0);
  });

  it('gives no message up during an outage of the store, and counts the refused requests', async () => {
    const outage = ['--outage', '10', '--poison', '0', '--conflicts', '0'];
    const { code, output, result } = await start(folder, ['--limit', '200', ...outage]);
    const { consumers, store, verified } = result;
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

  it('fails if the outage hits no request', async () => {
    const { code, output } = await finish(launch(['--limit', '0', '--outage', '5']));
    expect(output).toContain('the outage hit none of the 0 requests to the store');
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
});
