import { IdempotencyRecord } from '@aws-lambda-powertools/idempotency/persistence';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { recordAttributes as attribute } from '../../contract/record/record-attributes.ts';
import { isKnownFormat, laterFormat } from '../stores/record-format.ts';
import { decodeResult } from '../stores/result.ts';
import { unmarshallItem } from '../values/attribute-values.ts';
import { ResultNotKeptError } from './errors.ts';

/** A record in the table, written by this layer or by plain Powertools. */
export interface FoundRecord {
  readonly key: string;
  readonly status: string;
  /** Seconds since the epoch. */
  readonly expiration: number | undefined;
  readonly leaseUntil: number | undefined;
  /** Absent without payload validation. */
  readonly fingerprint: string | undefined;
  readonly attempt: string | undefined;
  readonly firstAttemptAt: number | undefined;
  readonly completedAt: number | undefined;
  /** The stored value. */
  readonly data: unknown;
}

/** @throws ConfigurationError if a later version wrote the record: what it says is not known here. */
export function readFound(item: Record<string, AttributeValue>): FoundRecord {
  const found = unmarshallItem(item);
  const read = <T>(name: keyof typeof attribute) => found[attribute[name]] as T;
  const [key, format] = [read<string>('id'), read<number | undefined>('format')];
  if (!isKnownFormat({ format })) throw laterFormat(key, { format });
  return {
    key,
    status: read('status'),
    expiration: read('expiration'),
    leaseUntil: read('inProgressExpiration'),
    fingerprint: read<string | undefined>('validation') || undefined,
    attempt: read('attempt'),
    firstAttemptAt: read('firstAttemptAt'),
    completedAt: read('completedAt'),
    data: read('data'),
  };
}

type RecordOptions = ConstructorParameters<typeof IdempotencyRecord>[0];
export type Result = NonNullable<RecordOptions['responseData']>;

/**
 * The record in Powertools' form.
 * @throws ResultNotKeptError if the first call succeeded and its result was too large or not JSON.
 */
export function idempotencyRecord(found: FoundRecord): IdempotencyRecord {
  const { key, status, expiration, leaseUntil, fingerprint } = found;
  return new IdempotencyRecord({
    idempotencyKey: key,
    status: status as RecordOptions['status'],
    responseData: resultOf(found) as Result,
    // Powertools' types distinguish absent from undefined.
    ...(expiration !== undefined && { expiryTimestamp: expiration }),
    ...(leaseUntil !== undefined && { inProgressExpiryTimestamp: leaseUntil }),
    ...(fingerprint !== undefined && { payloadHash: fingerprint }),
  });
}

/**
 * Plain Powertools writes no completion time and stores a result as a DynamoDB value; this layer stores JSON text. A
 * late owner of plain Powertools overwrites a completed record and leaves its completion time.
 */
function resultOf({ key, completedAt, data }: FoundRecord): unknown {
  // Plain Powertools stores nothing for `undefined`. Middy would not accept `undefined` as an answer and run the
  // handler again.
  if (completedAt === undefined || typeof data !== 'string') return data ?? null;
  const decoded = decodedOf(data);
  if ('result' in decoded) return decoded.result;
  const { reason, bytes, message } = decoded.omitted;
  throw new ResultNotKeptError(key, [reason, bytes && `${bytes} bytes`, message].filter(Boolean).join(', '));
}

function decodedOf(data: string): ReturnType<typeof decodeResult> {
  try {
    return decodeResult(data);
  } catch {
    return { result: data };
  }
}
