import type { Delivery, StoredRecord } from '../../../runtime/ports/record-store.ts';
import { lease } from '../scene.ts';
import type { StoreUnderTest } from '../subject.ts';

/** A row of the status table: a record that another delivery left, and the steps that may replace it. */
export interface Opening {
  /** A noun phrase, for the names of cases. */
  readonly title: string;
  readonly record: (subject: StoreUnderTest) => Partial<StoredRecord>;
  readonly mine?: Partial<Delivery>;
  readonly commit: boolean;
  readonly claim: boolean;
  /** Whether a claim that may take over ended leases may replace the record. */
  readonly takeOver: boolean;
}

const yes = { commit: true, claim: true, takeOver: true };
const no = { commit: false, claim: false, takeOver: false };

const unknown: Opening = {
  title: 'an OUTCOME_UNKNOWN record',
  record: () => ({ status: 'OUTCOME_UNKNOWN', expiration: undefined, body: '{}', lastError: 'timeout' }),
  ...no,
};

/** The records that have an expiration. */
export const expiring: readonly Opening[] = [
  { title: 'a RETRYING record', record: () => ({ status: 'RETRYING' }), ...yes },
  {
    title: 'a record that is QUARANTINED for another message',
    record: () => ({ status: 'QUARANTINED' }),
    ...yes,
  },
  {
    title: 'a record that is QUARANTINED for this message',
    record: () => ({ status: 'QUARANTINED' }),
    mine: { messageId: 'message-1' },
    ...no,
  },
  {
    title: 'an INPROGRESS record with a live lease',
    record: (subject) => lease(subject, 'live'),
    ...no,
  },
  {
    title: 'an INPROGRESS record with an ended lease',
    record: (subject) => lease(subject, 'over'),
    commit: false,
    claim: false,
    takeOver: true,
  },
  { title: 'a COMPLETED record', record: () => ({ status: 'COMPLETED', result: '"first"' }), ...no },
  {
    // Powertools leaves such records.
    title: 'a COMPLETED record that still has the end of its lease',
    record: (subject) => ({ ...lease(subject, 'over'), status: 'COMPLETED' }),
    ...no,
  },
];

export const openings: readonly Opening[] = [...expiring, unknown];

/** The records that some claim may replace. */
export const open = openings.filter(({ takeOver }) => takeOver);
