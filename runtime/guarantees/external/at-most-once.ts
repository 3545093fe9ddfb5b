import type { RecordStore } from '../../ports/record-store.ts';
import type { Guarantee } from '../guarantee.ts';
import { externalGuarantee } from './external-effect.ts';

export interface AtMostOnceOptions {
  /** @default - the record table of the function's environment */
  readonly store?: RecordStore;
}

/**
 * The effect happens at most once: an attempt whose effect may have happened is never repeated. Its record becomes
 * OUTCOME_UNKNOWN with the event's body, until an operator resolves it. A handler throws `NotExecutedError` if it is
 * certain that nothing happened.
 */
export function atMostOnce({ store }: AtMostOnceOptions = {}): Guarantee<'external'> {
  return externalGuarantee({ name: 'at-most-once', onAmbiguous: 'markUnknown' }, store);
}
