import { ConfigurationError } from '../../contract/errors.ts';
import { knownFormat } from '../../contract/record/record-attributes.ts';
import type { StoredRecord } from '../ports/record-store.ts';

/** Whether this version knows the record's format: see `knownFormat`. */
export function isKnownFormat({ format = 1 }: Pick<StoredRecord, 'format'>): boolean {
  return format <= knownFormat;
}

/** The error for a record of a newer version, which may appear after a rollback to this version. */
export function laterFormat(id: string, { format }: Pick<StoredRecord, 'format'>): ConfigurationError {
  return new ConfigurationError(
    `The record ${id} has format ${format}, and this version knows formats up to ${knownFormat}: ` +
      'deploy the version that wrote it',
  );
}
