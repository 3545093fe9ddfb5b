import type { AttributeValue, Put, Update } from '@aws-sdk/client-dynamodb';
import {
  type AttemptState,
  recordAttributes as attribute,
  type RecordStatus,
} from '../../../contract/record/record-attributes.ts';
import type { GuaranteeName, StoredRecord } from '../../ports/record-store.ts';
import { marshallItem, unmarshallItem } from '../../values/attribute-values.ts';
import type { AttributeName, Sets } from './expression.ts';

/** A step's write of its record; the store knows the table. */
export type RecordWrite =
  | {
      readonly Update: Omit<Update, 'TableName'> & { readonly UpdateExpression: string };
      readonly Put?: never;
    }
  | { readonly Put: Omit<Put, 'TableName'>; readonly Update?: never };

export function recordItem(sets: Sets): Record<string, AttributeValue> {
  const entries = Object.entries(sets).map(([name, value]) => [attribute[name as AttributeName], value]);
  return marshallItem(Object.fromEntries(entries));
}

export function readRecord(item: Record<string, AttributeValue> | undefined): StoredRecord | undefined {
  if (item === undefined) return undefined;
  const record = unmarshallItem(item);
  const text = (name: AttributeName) => record[attribute[name]] as string | undefined;
  const number = (name: AttributeName) => record[attribute[name]] as number | undefined;
  return {
    status: text('status') as RecordStatus,
    fingerprint: text('validation') ?? '',
    expiration: number('expiration'),
    ownerToken: text('attempt'),
    attempts: number('attempts'),
    attemptState: text('attemptState') as AttemptState | undefined,
    firstAttemptAt: number('firstAttemptAt'),
    leaseUntil: number('inProgressExpiration'),
    guarantee: text('guarantee') as GuaranteeName | undefined,
    messageId: text('messageId'),
    messageGroup: text('messageGroup'),
    result: text('data'),
    lastError: text('lastError'),
    body: text('body'),
    messageAttributes: text('messageAttributes'),
    blocked: text('blocked'),
    bodySha256: text('bodySha256'),
    skip: text('skip'),
    attention: text('attention'),
    attentionAt: number('attentionAt'),
    attentionCode: text('attentionCode'),
    nextTryAt: number('nextTryAt'),
    format: number('format'),
  };
}
