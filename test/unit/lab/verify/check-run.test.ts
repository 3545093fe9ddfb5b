import { checkRun, type Evidence } from '../../../../lab/verify/check-run.ts';
import { expectationOf } from '../../../../lab/verify/expectation.ts';
import { planExtras } from '../../../../lab/workload/plan.ts';
import { anOrder } from '../../../support/orders.ts';

const lines = Array.from({ length: 20 }, (_, index) => index + 1);
const plan = planExtras(lines, { seed: 1, duplicates: 0.3, lateDuplicates: 0.3, poison: 8, conflicts: 2 });
const { duplicate, 'late duplicate': late } = plan.counts;

const codes = ['INVALID_JSON', 'INVALID_EVENT', 'INVALID_EVENT', 'INVALID_EVENT', 'INVALID_EVENT'].concat([
  'INEXACT_NUMBER',
  'SNS_ENVELOPE',
  'INVALID_JSON',
  'CONFLICT',
  'CONFLICT',
]);

function letter(code: string) {
  const reason = { code, message: 'why', consumer: 'fulfilment', messageGroup: 'g', firstReceived: 1 };
  return { body: '{}', messageGroup: 'g', reason };
}

/** What a run shows in which everything went as planned. */
const sound: Evidence = {
  consumer: 'billing',
  sent: 20 + duplicate + late + 8 + 2,
  counts: {
    delivered: 20 + late + 8 + 2,
    applied: 20,
    stale: 0,
    duplicates: late,
    conflicts: 2,
    poison: 8,
    unknown: 0,
    quarantined: 10,
    failed: 0,
    retried: 0,
    suspects: 0,
  },
  unknown: 0,
  deadLetters: 10,
  letters: codes.map(letter),
  insideWindow: true,
};

async function problems(over: Partial<Evidence>, counts: Partial<Evidence['counts']> = {}) {
  async function* events() {
    for (const line of lines) yield anOrder({ subject: String(line) });
  }
  const evidence = { ...sound, ...over, counts: { ...sound.counts, ...counts } };
  return checkRun(await expectationOf(events()), plan, evidence);
}

describe('the check of a run', () => {
  it('finds no problem if everything went as planned', async () => {
    expect(duplicate).toBeGreaterThan(0);
    await expect(problems({})).resolves.toEqual([]);
  });

  it.each<[string, Partial<Evidence>, Partial<Evidence['counts']>, string]>([
    ['an event that was not applied', {}, { applied: 19 }, 'events applied'],
    ['an event that was applied twice', {}, { applied: 21 }, 'events applied'],
    ['a duplicate that nobody saw', {}, { duplicates: late - 1 }, 'found to be duplicates'],
    ['a conflict that passed', {}, { conflicts: 1 }, 'conflicts: 1, expected 2'],
    ['poison that passed', {}, { poison: 7 }, 'poison: 7, expected 8'],
    ['a dead letter that is not there', { deadLetters: 9 }, {}, 'dead-letter queue: 9, expected 10'],
    [
      'a dead letter without a reason',
      { letters: [{ ...letter(''), reason: undefined }] },
      {},
      'reason none',
    ],
    ['a dead letter with a wrong reason', { letters: [letter('PERMANENT')] }, {}, 'reason PERMANENT (why)'],
    [
      'too many dead letters of one reason',
      { letters: Array(3).fill(letter('CONFLICT')) },
      {},
      'reason CONFLICT',
    ],
    ['messages that the broker had no reason to remove', {}, { delivered: 20 }, 'did not arrive'],
    [
      'duplicates that the topic let through',
      {},
      { delivered: sound.sent, duplicates: late + duplicate },
      'deduplication',
    ],
  ])('reports %s', async (_, over, counts, problem) => {
    await expect(problems(over, counts)).resolves.toContainEqual(expect.stringContaining(problem));
  });

  it('accepts duplicates that were sent after the window', async () => {
    const counts = { delivered: sound.sent, duplicates: late + duplicate };
    await expect(problems({ insideWindow: false }, counts)).resolves.toEqual([]);
  });

  it('does not count an event with an unknown outcome as applied, and expects its duplicates to end as unknown', async () => {
    const counts = { applied: 18, unknown: 3, duplicates: late - 1 };
    await expect(problems({ unknown: 2 }, counts)).resolves.toEqual([]);
    await expect(problems({}, counts)).resolves.toContainEqual(expect.stringContaining('events applied'));
  });

  it('expects a refused event and its copies in the dead-letter queue, and not among the applied events', async () => {
    // GIVEN 2 events that must be refused, and a copy of one of them that the broker let through
    const refused = 2;
    const counts = { applied: 18, poison: 8 + 3, duplicates: late - 1, quarantined: 13 };
    const letters = [...codes, ...Array(3).fill('PERMANENT')].map(letter);
    await expect(problems({ refused, deadLetters: 13, letters }, counts)).resolves.toEqual([]);
    // THEN one that was applied all the same is seen, and one whose letter is not there
    await expect(
      problems({ refused, deadLetters: 13, letters }, { ...counts, applied: 19 }),
    ).resolves.toContainEqual(expect.stringContaining('events applied'));
    await expect(problems({ refused, deadLetters: 12, letters }, counts)).resolves.toContainEqual(
      expect.stringContaining('dead-letter queue: 12, expected 13'),
    );
    await expect(problems({ refused }, { ...counts, poison: 8 })).resolves.toContainEqual(
      expect.stringContaining('poison: 8, expected 10'),
    );
  });

  it('reports each dead letter with a wrong reason', async () => {
    const letters = Array(3).fill(letter('PERMANENT'));
    expect((await problems({ letters })).filter((problem) => problem.includes('PERMANENT'))).toHaveLength(3);
  });

  it('names the consumer', async () => {
    await expect(problems({}, { conflicts: 1 })).resolves.toEqual(['billing: conflicts: 1, expected 2']);
  });
});
