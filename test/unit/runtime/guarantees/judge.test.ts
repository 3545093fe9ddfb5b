import { interpretRecord } from '../../../../runtime/guarantees/record/interpret-record.ts';
import type { Delivery, StoredRecord } from '../../../../runtime/ports/record-store.ts';

const hour = 3_600_000;
/** By the clock of the store. */
const serverTime = 1_700_000_000_000;

/** What a record says to a delivery whose clock is off by `skew`, where the store has decided by its own. */
function judged(over: Partial<StoredRecord>, skew: number, terms: { firstAttemptAfter?: number } = {}) {
  const now = serverTime + skew;
  const mine = {
    fingerprint: 'print',
    ownerToken: 'mine',
    guarantee: 'at-least-once',
    insideWindow: true,
    now,
  };
  const record = {
    fingerprint: 'print',
    ownerToken: 'another',
    guarantee: 'at-least-once',
    expiration: serverTime / 1000 + 60,
    ...over,
  } as StoredRecord;
  return interpretRecord(
    { record, now: serverTime },
    mine as Delivery,
    { takeOver: true, ...terms },
    { fingerprintLike: () => 'print', formerly: [] },
  );
}

/** The clock that refused the write decides what its record means, whatever the delivery's says. */
describe.each([-hour, 0, hour])('a record that is read with a clock that is off by %d ms', (skew) => {
  it('has a live lease for as long as on the clock of the store, converted to the own clock', () => {
    expect(judged({ status: 'INPROGRESS', leaseUntil: serverTime + 1 }, skew)).toEqual({
      kind: 'verdict',
      verdict: { outcome: 'leased', leaseUntil: serverTime + 1 + skew },
    });
    expect(judged({ status: 'INPROGRESS', leaseUntil: serverTime }, skew)).toMatchObject({ kind: 'again' });
  });

  it('is valid until it expires on the clock of the store', () => {
    expect(judged({ status: 'COMPLETED' }, skew)).toMatchObject({ verdict: { outcome: 'duplicate' } });
    const expiration = serverTime / 1000;
    expect(judged({ status: 'COMPLETED', expiration }, skew)).toMatchObject({
      kind: 'again',
      expectedExpiration: expiration,
    });
  });

  it('is as old as on the clock of the store', () => {
    const record = { status: 'RETRYING', firstAttemptAt: serverTime - 999 } as const;
    const firstAttemptAfter = serverTime + skew - 1000;
    expect(judged(record, skew, { firstAttemptAfter })).toMatchObject({ kind: 'again' });
    const older = { ...record, firstAttemptAt: serverTime - 1000 };
    expect(judged(older, skew, { firstAttemptAfter })).toMatchObject({ kind: 'unclear' });
  });
});

/** Records outlive the code that wrote them. */
describe('a record whose fingerprint has another algorithm', () => {
  const named = (status: StoredRecord['status'], fingerprint: string, received: string | undefined) => {
    const now = serverTime;
    const mine = {
      fingerprint: '2:print',
      ownerToken: 'mine',
      guarantee: 'at-least-once',
      insideWindow: true,
      now,
    };
    const record = { status, fingerprint, ownerToken: 'another', guarantee: 'at-least-once' };
    const met = { ...record, expiration: serverTime / 1000 + 60 } as StoredRecord;
    return interpretRecord(
      { record: met, now },
      mine as Delivery,
      { takeOver: true },
      {
        fingerprintLike: (of) => (of === fingerprint ? received : undefined),
        formerly: [],
      },
    );
  };

  it('is compared with that algorithm', () => {
    expect(named('COMPLETED', 'earliest', 'earliest')).toMatchObject({ verdict: { outcome: 'duplicate' } });
    expect(named('RETRYING', 'earliest', 'earliest')).toMatchObject({ kind: 'again' });
    expect(named('COMPLETED', 'earliest', 'other')).toEqual({
      kind: 'verdict',
      verdict: { outcome: 'conflict', applied: 'earliest', received: 'other' },
    });
  });

  it('is not a conflict if the algorithm is unknown', () => {
    expect(named('COMPLETED', '3:print', undefined)).toMatchObject({ kind: 'misconfigured' });
  });
});
