import { compareSequences, lateAsSent } from '../../../../lab/verify/sequences.ts';
import type { Place } from '../../../../lab/verify/tables.ts';
import { anOrder } from '../../../support/orders.ts';

/** Of records in the order in which they were completed. */
function completed(...sequences: string[]): Place[] {
  return sequences.map((sequence, completedAt) => ({ sequence: BigInt(sequence), completedAt }));
}

const inGroup = (places: readonly Place[]) => new Map([['g', places]]);

const group = (first: bigint, last: bigint) => new Map([['g', { first, last }]]);

describe('the check of sequence numbers', () => {
  it.each([
    ['nothing of a group in order', completed('1', '2', '3'), 0, 0],
    ['an event that came late', completed('1', '3', '2'), 0, 1],
    ['every event that came late', completed('3', '1', '2'), 0, 2],
    ['a gap', completed('1', '3'), 1, 0],
    ['a gap at the end', completed('1', '2'), 1, 0],
    ['a gap at the start', completed('2', '3'), 1, 0],
    ['all of a group that is not there', [], 3, 0],
    ['a gap beside what came late', completed('3', '1'), 1, 1],
    ['two records of one number', completed('1', '2', '2', '3'), 0, 0],
  ])('reports %s', (_, records, gaps, late) => {
    expect(compareSequences(group(1n, 3n), inGroup(records))).toMatchObject({ gaps, late });
  });

  it('does not count records of the same millisecond as late', () => {
    const records = completed('2', '1').map((record) => ({ ...record, completedAt: 7 }));
    expect(compareSequences(group(1n, 2n), inGroup(records)).late).toBe(0);
  });

  it('compares sequences as numbers, and reports a wide gap in one line', () => {
    const records = completed('9', '10', '99999999999999999999');
    expect(compareSequences(group(9n, 99999999999999999999n), inGroup(records))).toMatchObject({
      late: 0,
      gapLines: ['group g: no record of sequence 11 to 99999999999999999998'],
    });
  });

  it('keeps groups apart', () => {
    const records = new Map([...inGroup(completed('1', '2')), ['h', completed('1')] as const]);
    const groups = new Map([...group(1n, 2n), ['h', { first: 1n, last: 2n }] as const]);
    expect(compareSequences(groups, records)).toEqual({
      gaps: 1,
      late: 0,
      gapLines: ['group h: no record of sequence 2'],
    });
  });
});

describe('the count of events that were sent late', () => {
  async function* events(...sequences: string[]) {
    for (const [index, sequence] of sequences.entries()) {
      yield { event: anOrder({ id: sequence, sequence }), line: index + 1 };
    }
  }

  it.each<readonly [string, string[], number[], number]>([
    ['nothing in order', ['9', '10', '11'], [], 0],
    ['what the events themselves have', ['9', '11', '10'], [], 1],
    ['what was held back', ['9', '10', '11'], [1, 2], 2],
    ['nothing of what was held back and is the newest all the same', ['9', '10', '11'], [3], 0],
    ['nothing of an event that the input repeats', ['9', '10', '9'], [], 0],
  ])('is right for %s', async (_, sequences, late, count) => {
    await expect(lateAsSent(events(...sequences), new Set(late))).resolves.toBe(count);
  });
});
