import { ConfigurationError } from '../../../contract/errors.ts';
import { keyRetentionSeconds } from '../../../contract/policies/key-retention.ts';
import type { RecordStore } from '../../ports/record-store.ts';
import type { Guarantee } from '../guarantee.ts';
import { externalGuarantee } from './external-effect.ts';

export interface AtLeastOnceOptions {
  /**
   * How long the system that the handler calls remembers an idempotency key, in ms; at least 10,000, or `Infinity` for
   * a system that never forgets. An event whose first attempt is older is not tried again and becomes OUTCOME_UNKNOWN.
   */
  readonly providerKeyRetention: number;
  /** @default - the record table of the function's environment */
  readonly store?: RecordStore;
}

/**
 * The effect happens at least once: an unclear attempt is tried again with the same `context.idempotencyKey`. The
 * effect happens once if the called system recognises that key.
 *
 * @throws ConfigurationError for a retention below 10 seconds, which is usually a number in another unit.
 */
export function atLeastOnce({ providerKeyRetention, store }: AtLeastOnceOptions): Guarantee<'external'> {
  const least = keyRetentionSeconds.least * 1000;
  if (typeof providerKeyRetention !== 'number' || !(providerKeyRetention >= least)) {
    throw new ConfigurationError(
      `providerKeyRetention is ${providerKeyRetention}; it must be a number of milliseconds from ${least} (10 seconds), ` +
        'or Infinity',
    );
  }
  return externalGuarantee(
    { name: 'at-least-once', onAmbiguous: 'retry', providerKeyRetentionMs: providerKeyRetention },
    store,
  );
}
