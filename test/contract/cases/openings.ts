import type { Delivery, StoredRecord } from '../../../runtime/ports/record-store.ts';
import { lease } from '../scene.ts';
import type { StoreUnderTest } from '../subject.ts';

/** A row of the status table: what another delivery left, and who may begin over it. */
export interface Opening {
  readonly title: string;
  readonly record: (subject: StoreUnderTest) => Partial<StoredRecord>;
  readonly mine?: Partial<Delivery>;
  readonly commit: boolean;
  readonly claim: boolean;
  /** Where the lease of a dead owner may be taken over. */
  readonly takeOver: boolean;
}

const yes = { commit: true, claim: true, takeOver: true };
const no = { commit: false, claim: false, takeOver: false };

export const openings: readonly Opening[] = [
  { title: 'RETRYING', record: () => ({ status: 'RETRYING' }), ...yes },
  { title: 'QUARANTINED for another message', record: () => ({ status: 'QUARANTINED' }), ...yes },
  {
    title: 'QUARANTINED for this message',
    record: () => ({ status: 'QUARANTINED' }),
    mine: { messageId: 'message-1' },
    ...no,
  },
  { title: 'INPROGRESS under a live lease', record: (subject) => lease(subject, 'live'), ...no },
  {
    title: 'INPROGRESS with its lease over',
    record: (subject) => lease(subject, 'over'),
    commit: false,
    claim: false,
    takeOver: true,
  },
  { title: 'COMPLETED', record: () => ({ status: 'COMPLETED', result: '"first"' }), ...no },
  {
    // As Powertools leaves it.
    title: 'COMPLETED that still names the end of its lease',
    record: (subject) => ({ ...lease(subject, 'over'), status: 'COMPLETED' }),
    ...no,
  },
  {
    title: 'OUTCOME_UNKNOWN',
    record: () => ({ status: 'OUTCOME_UNKNOWN', expiration: undefined, body: '{}', lastError: 'timeout' }),
    ...no,
  },
];

/** The openings that let somebody in. */
export const open = openings.filter(({ takeOver }) => takeOver);
