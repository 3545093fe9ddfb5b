import { createHash } from 'node:crypto';
import { InvalidEventError } from '../errors.ts';
import type { CloudEvent } from './cloud-event.ts';

/** DynamoDB's limit of a partition key, in UTF-8 bytes (AWS: "Quotas in Amazon DynamoDB"). */
export const maxKeyBytes = 2048;

/**
 * The idempotency key of an event for one consumer: `consumer#source#id`. `#` is legal in `source` and `id`, so it is escaped
 * there. No two events share a key.
 *
 * @throws InvalidEventError if a part is missing, because all events without it would share one key. Also if the key would be
 *   longer than DynamoDB's 2,048 bytes.
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
 * The idempotency key of an event for a consumer with its own business key: `consumer#%key#key`. No key of another event or of a
 * body has this form, because `%` is escaped in the parts that senders choose.
 *
 * @param key The result of the consumer's function for the event.
 * @throws InvalidEventError INVALID_KEY if the key is not a string, is empty, has half of a surrogate pair, or is too long for
 *   DynamoDB.
 */
export function businessKey(consumer: string, key: unknown): string {
  if (typeof key !== 'string' || key === '') {
    const found = key === '' ? 'an empty text' : key === null ? 'null' : `a value of type ${typeof key}`;
    throw new InvalidEventError(
      'INVALID_KEY',
      `key: it returned ${found}; it must return a text that is not empty`,
    );
  }
  // Stores and hashes use UTF-8, in which two such keys can become the same.
  if (!key.isWellFormed()) {
    throw new InvalidEventError(
      'INVALID_KEY',
      'key: it returned a text with half of a surrogate pair: do not cut a text inside of a character',
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
 * The key of the record that counts the parser's attempts of a body: `consumer#%body#` and the body's SHA-256. An event's key
 * contains `%` only as `%25` or `%23`, so no event has such a key.
 */
export function bodyKey(consumer: string, body: string): string {
  return `${consumer}${bodyMark}${sha256(body)}`;
}

/** Whether the record of this key belongs to a body, not to an event. */
export function isBodyKey(key: string): boolean {
  return key.includes(bodyMark);
}

const bodyMark = '#%body#';

export function sha256(value: string): string {
  return createHash('sha256').update(value).digest('hex');
}

/**
 * Prefix of the intake's records. A consumer's name contains no `%`, so no consumer's key starts with it.
 */
export const intakeKeyPrefix = '%intake';

/** The name of the consumer in the intake's records and log lines. */
export const intakeName = 'intake';
