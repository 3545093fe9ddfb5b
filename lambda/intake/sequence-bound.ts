import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { OrderEvent } from '../../contract/orders/order-event.ts';
import { customersTable } from '../../contract/orders/order-tables.ts';
import { decimalOf, textOf } from '../../runtime/values/decimal.ts';
import { Problem } from './problem.ts';

/** How far the sequence of an order may be above the last applied one of its account. */
export interface SequenceBound {
  readonly maxJump: number;
  /**
   * Returns the last applied sequence of an account, a number as DynamoDB writes it; `undefined` without one.
   * @throws If the store does not answer.
   */
  readonly lastApplied: (account: string) => Promise<string | undefined>;
}

/**
 * Refuses a sequence that would freeze its account: an order is applied only if its sequence is above the last applied
 * one, so after one very high sequence every later order is stale. An account without applied orders counts from 0.
 *
 * @throws Problem 422. Whatever `lastApplied` throws.
 */
export async function checkSequence(
  { partitionkey: account, sequence }: Pick<OrderEvent, 'partitionkey' | 'sequence'>,
  { maxJump, lastApplied }: SequenceBound,
): Promise<void> {
  const last = wholeOf((await lastApplied(account)) ?? '0');
  if (BigInt(sequence) - last <= BigInt(maxJump)) return;
  throw new Problem(
    422,
    'SEQUENCE_TOO_HIGH',
    `sequence: is above the last applied sequence of the account by more than ${maxJump}; an account without applied ` +
      'orders counts from 0. Continue the count of the account. If sequences have larger steps, as timestamps have, the ' +
      'operator of the intake raises the setting "intake.maxSequenceJump".',
    { field: 'sequence' },
  );
}

/** The digits before the point. A text that is no number counts as 0: the consumer lets any order replace it. */
function wholeOf(number: string): bigint {
  const decimal = decimalOf(number);
  return decimal === undefined ? 0n : BigInt(textOf(decimal).replace(/\..*$/, ''));
}

/** In ms, for all tries together. With claim, publish and save, the function ends before its timeout of 28 s. */
const readTimeout = 2000;

/**
 * Reads the last applied sequence of an account in the table of `fulfilment`. The read is eventually consistent, at half the
 * price: a sequence that is a moment old differs by little.
 */
export function lastAppliedIn(
  tableName: string,
  client: Pick<DynamoDBClient, 'send'>,
): SequenceBound['lastApplied'] {
  return async (account) => {
    const { Item } = await client.send(
      new GetItemCommand({
        TableName: tableName,
        Key: { [customersTable.key]: { S: account } },
        ProjectionExpression: '#sequence',
        ExpressionAttributeNames: { '#sequence': customersTable.sequence },
      }),
      { abortSignal: AbortSignal.timeout(readTimeout) },
    );
    return Item?.[customersTable.sequence]?.N;
  };
}
