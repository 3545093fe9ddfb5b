import { ConfigurationError } from '../../../contract/errors.ts';
import { algorithmOf, ownContent } from '../../../contract/event/fingerprint.ts';
import type { Delivery, GuaranteeName, StoredRecord } from '../../ports/record-store.ts';

/** It is no conflict: newer code wrote the record, or this consumer without its `fingerprint` cannot read it. */
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

/** Two consumers share a name and a table, or one consumer was given another guarantee. Only its owner knows which. */
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
