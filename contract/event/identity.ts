import { createHash } from 'node:crypto';
import { InvalidEventError } from '../errors.ts';
import type { CloudEvent } from './cloud-event.ts';

/** DynamoDB's limit of a partition key, in UTF-8 bytes (AWS: "Quotas in Amazon DynamoDB"). */
const maxKeyBytes = 2048;

/**
 * The idempotency key of an event for one consumer: `consumer#source#id`. `#` is legal in `source` and `id`, so it
 * is escaped there: no two events share a key.
 *
 * @throws InvalidEventError where a part is missing, since all events without it would be one, and where the key would
 *   be longer than DynamoDB's 2,048 bytes.
 */
export function idempotencyKey(consumer: string, { source, id }: Pick<CloudEvent, 'source' | 'id'>): string {
  for (const [field, part] of Object.entries({ source, id })) {
    if (typeof part === 'string' && part !== '') continue;
    throw new InvalidEventError('INVALID_EVENT', `${field}: must be a text that is not empty`, field);
  }
  const key = [consumer, source, id].map((part) => part.replace(/[%#]/g, encodeURIComponent)).join('#');
  if (Buffer.byteLength(key) > maxKeyBytes) {
    throw new InvalidEventError(
      'INVALID_EVENT',
      `id: "source" and "id" make an idempotency key of ${Buffer.byteLength(key)} bytes; at most ${maxKeyBytes} fit`,
      'id',
    );
  }
  return key;
}

/**
 * The key of the record that counts how often the parser of a consumer met a body: `consumer#%body#` and its SHA-256. An
 * event's key holds a `%` only as `%25` or `%23`, so none is like this.
 */
export function bodyKey(consumer: string, body: string): string {
  return `${consumer}${bodyMark}${sha256(body)}`;
}

/** Whether the record of this key is of a body, and of no event. */
export function isBodyKey(key: string): boolean {
  return key.includes(bodyMark);
}

const bodyMark = '#%body#';

export function sha256(value: string): string {
  return createHash('sha256').update(value).digest('hex');
}

/**
 * What the intake's records begin with. A consumer's key holds a `%` only as `%25` or `%23`, so none begins like this,
 * whatever the consumer's name.
 */
export const intakeKeyPrefix = '%intake';

/** What the intake's records and log lines name as their consumer. */
export const intakeName = 'intake';
