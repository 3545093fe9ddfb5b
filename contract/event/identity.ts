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
  const key = [consumer, source, id].map(escaped).join('#');
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
 * The idempotency key of an event for a consumer that names events by a key of its business: `consumer#%key#key`. The key of
 * no other event, and of no body, has this form, since `%` is escaped in what senders choose.
 *
 * @param key What the consumer's function returned for the event.
 * @throws InvalidEventError INVALID_KEY for a key that is no text, empty, or too long for DynamoDB.
 */
export function businessKey(consumer: string, key: unknown): string {
  if (typeof key !== 'string' || key === '') {
    const found = key === '' ? 'an empty text' : typeof key === 'object' ? 'an object' : String(key);
    throw new InvalidEventError(
      'INVALID_KEY',
      `key: it returned ${found}; it must return a text that is not empty`,
    );
  }
  const whole = `${consumer}${keyMark}${escaped(key)}`;
  if (Buffer.byteLength(whole) <= maxKeyBytes) return whole;
  throw new InvalidEventError(
    'INVALID_KEY',
    `key: it makes an idempotency key of ${Buffer.byteLength(whole)} bytes; at most ${maxKeyBytes} fit`,
  );
}

const keyMark = '#%key#';

function escaped(part: string): string {
  return part.replace(/[%#]/g, encodeURIComponent);
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
