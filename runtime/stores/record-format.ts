import { ConfigurationError } from '../../contract/errors.ts';
import { knownFormat } from '../../contract/record-attributes.ts';
import type { StoredRecord } from '../ports/record-store.ts';

/** Whether this version knows all that a record says: see `knownFormat`. */
export function isKnownFormat({ format = 1 }: Pick<StoredRecord, 'format'>): boolean {
  return format <= knownFormat;
}

/** A newer version wrote the record, and a rollback may have brought this one back. */
export function laterFormat(id: string, { format }: Pick<StoredRecord, 'format'>): ConfigurationError {
  return new ConfigurationError(
    `The record ${id} has format ${format}, and this version knows formats up to ${knownFormat}: ` +
      'deploy the version that wrote it',
  );
}
