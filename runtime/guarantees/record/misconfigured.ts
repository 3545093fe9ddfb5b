import { ConfigurationError } from '../../../contract/errors.ts';
import { algorithmOf, ownContent } from '../../../contract/event/fingerprint.ts';
import type { Delivery, GuaranteeName, StoredRecord } from '../../ports/record-store.ts';

/**
 * This is not a conflict: newer code wrote the record, or this consumer lacks the `fingerprint` function that the
 * record needs.
 */
export function unknownAlgorithm(
  id: string,
  { fingerprint }: Pick<StoredRecord, 'fingerprint'>,
): ConfigurationError {
  const name = algorithmOf(fingerprint);
  return new ConfigurationError(
    name === ownContent
      ? `The record ${id} has the fingerprint of the consumer's own function, and createConsumer got none: set "fingerprint" again`
      : `The record ${id} has a fingerprint of algorithm "${name}", which this version does not know: deploy the version that wrote it`,
  );
}

/** Two consumers share a name and a table, or the guarantee of one consumer was changed. Only the user knows which. */
export function otherGuarantee(
  found: GuaranteeName,
  { id, consumer, guarantee }: Pick<Delivery, 'id' | 'consumer' | 'guarantee'>,
): ConfigurationError {
  return new ConfigurationError(
    `The record ${id} was completed under ${found}, and this consumer "${consumer}" is ${guarantee}. If another consumer has ` +
      'the same name and record table, give this one another name. If this consumer was ' +
      `${found} before, set "formerly: '${found}'" in createConsumer: then the event counts as applied`,
  );
}
