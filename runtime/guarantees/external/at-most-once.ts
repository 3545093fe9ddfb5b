import type { RecordStore } from '../../ports/record-store.ts';
import type { Guarantee } from '../guarantee.ts';
import { externalGuarantee } from './external-effect.ts';

export interface AtMostOnceOptions {
  /** @default - the record table of the function's environment */
  readonly store?: RecordStore;
}

/**
 * The effect happens at most once: what may have happened is never tried again. It is recorded as OUTCOME_UNKNOWN, with
 * the event's body, until an operator resolves it. A handler that knows that nothing happened throws `NotExecutedError`.
 */
export function atMostOnce({ store }: AtMostOnceOptions = {}): Guarantee<'external'> {
  return externalGuarantee({ name: 'at-most-once', onAmbiguous: 'markUnknown' }, store);
}
