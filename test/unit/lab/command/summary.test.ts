import type { RunReport } from '../../../../lab/command/run-report.ts';
import { formatReport } from '../../../../lab/command/summary.ts';
import { consumers } from '../../../../lab/target/consumers.ts';

const counts = {
  ...{ delivered: 1, applied: 1, stale: 0, duplicates: 0, conflicts: 0, poison: 0, unknown: 0 },
  ...{ quarantined: 0, failed: 0, retried: 0, suspects: 0, deadLetters: 0 },
};

const sound: RunReport = {
  seed: 1,
  options: {
    ...{ limit: 1, duplicates: 0, lateDuplicates: 0, poison: 0, conflicts: 0, shuffle: 0 },
    ...{ emulator: 'ministack', provider: 'none', mail: 'none', kill: 0, freeze: 0, outage: 0 },
  },
  published: { events: 1, late: 0, sent: 1, removedByBroker: 0 },
  consumers: Object.fromEntries(consumers.map((name) => [name, counts])) as RunReport['consumers'],
  provider: { requests: 1, charges: 1, resent: { total: 0, causes: {} } as RunReport['provider']['resent'] },
  mails: 1,
  mailsRefused: 0,
  ended: { killed: 0, frozen: 0, processes: [], diedAtWork: 0, timedOut: 0 },
  verified: {
    ...{ missing: 0, doubled: 0, regressions: 0, gaps: 0, gapLines: [], late: 0, problems: [] },
    ...{
      ledgerTotal: '1',
      ledgerExpected: '1',
      expected: 1,
      inversions: 0,
      doubleCharges: 0,
      doubleMails: 0,
    },
    ...{ unknown: 0, unknowns: [], dlq: 0 },
  },
  seconds: { setup: 1, deploy: 1, publish: 1, drain: 1, verify: 1 },
};

const timedOut = { ...sound.ended, timedOut: 3 };
const unknowns = [
  { consumer: 'notifications', source: 's', id: 'i', reason: 'cut off', happened: true } as const,
];

describe('the verdict', () => {
  it('says that every event was applied once', () => {
    expect(formatReport(sound)).toMatch(
      /\n\nEvery event was applied exactly once\. Nothing was charged .*\n$/,
    );
  });

  it('says that invocations timed out because the machine is too slow, besides the result for the events', () => {
    const verified = { ...sound.verified, unknown: 1, unknowns };
    const text = formatReport({ ...sound, ended: timedOut, verified });
    expect(text).toContain('3 invocations timed out, because this machine is too slow or too busy');
    expect(text).toMatch(/^invocations timed out +3$/m);
    expect(text).toContain('Of 1 unknown outcomes 1 happened and 0 did not.');
    expect(text).not.toContain('Problems');
  });

  it('says that also before a list of problems', () => {
    const verified = { ...sound.verified, problems: ['something is missing'] };
    const text = formatReport({ ...sound, ended: timedOut, verified });
    expect(text).toMatch(/too slow[\s\S]*Problems: 1\n {2}something is missing\n$/);
  });

  it('does not mention a slow machine if functions were frozen on purpose', () => {
    const options = { ...sound.options, freeze: 1 };
    expect(formatReport({ ...sound, options, ended: timedOut })).not.toContain('too slow');
  });

  it('counts mails that were refused because of an invalid mailbox name, if there are any', () => {
    expect(formatReport(sound)).not.toContain('no mailbox');
    expect(formatReport({ ...sound, mailsRefused: 2 })).toMatch(/^ {2}refused: no mailbox +2$/m);
  });
});
