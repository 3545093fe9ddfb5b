import type { AttentionState } from '../../../contract/record/attention.ts';
import type { RecordStatus } from '../../../contract/record/record-attributes.ts';
import { standingOf } from '../../../operations/records/standing.ts';

const hour = 3_600_000;
const day = 24 * hour;
const now = 1_800_000_000_000;

describe('the standing of a listed record', () => {
  it.each<[string, AttentionState, RecordStatus | undefined, ageMs: number, nextTryIn: number | undefined]>([
    ['waits', 'RETRYING', 'RETRYING', 30 * day, 60_000],
    ['waits', 'RETRYING', 'RETRYING', 30 * day, -12 * hour],
    ['abandoned', 'RETRYING', 'RETRYING', 1 * day, -12 * hour - 1],
    ['abandoned', 'RETRYING', 'INPROGRESS', 1 * day, -12 * hour - 1],
    ['waits', 'BLOCKED', undefined, 3 * day, -hour],
    ['abandoned', 'BLOCKED', undefined, 3 * day, -13 * hour],
    ['undecided', 'OUTCOME_UNKNOWN', 'OUTCOME_UNKNOWN', 400 * day, undefined],
    ['kept', 'QUARANTINED', 'QUARANTINED', 14 * day, undefined],
    ['lost', 'QUARANTINED', 'QUARANTINED', 14 * day + 1, undefined],
    ['waits', 'QUARANTINED', 'INPROGRESS', 14 * day + 1, undefined],
    ['kept', 'DEAD_LETTER', undefined, 14 * day, undefined],
    ['lost', 'DEAD_LETTER', undefined, 14 * day + 1, undefined],
  ])('is %s for %s with the status %s, after %d ms, with its next try in %p ms', (standing, state, status, age, nextTry) => {
    const nextTryAt = nextTry === undefined ? undefined : now + nextTry;
    const entry = { state, status: status as RecordStatus, since: now - age, nextTryAt };
    expect(standingOf(entry, { now, deadLetterRetentionSeconds: 14 * 86_400 })).toBe(standing);
  });
});
