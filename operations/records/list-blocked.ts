import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { AttentionState } from '../../contract/record/attention.ts';
import { countAttention, type ListedRecord, listAttention } from './list-attention.ts';

/** The states of a message that blocks its group: its own record waits, or it is listed without one. */
const states: readonly AttentionState[] = ['RETRYING', 'BLOCKED'];

interface Place {
  readonly table: string;
  readonly consumer: string;
}

/**
 * Lists the messages that block their groups, the oldest first.
 * @param messageGroup Only this group. @default - all
 */
export function listBlocked(
  client: DynamoDBClient,
  place: Place,
  messageGroup?: string,
): AsyncGenerator<ListedRecord> {
  return listAttention(client, { ...place, states, isBlocking: true, messageGroup });
}

export async function countBlocked(client: DynamoDBClient, place: Place): Promise<number> {
  return await countAttention(client, { ...place, states, isBlocking: true });
}
