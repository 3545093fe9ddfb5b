import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { ConsumerDescription } from '../../contract/consumer-description.ts';
import { resolve } from '../../runtime/operator/resolve-unknown.ts';
import { dynamoDbEffectStore } from '../../runtime/stores/dynamodb/effect-store.ts';
import { type Aws, partsOfArn } from '../access/connect.ts';
import { CannotLookError } from '../errors.ts';
import { readFunctionSettings } from '../installation/function-settings.ts';
import { readQueue } from '../installation/read-path.ts';
import type { SeenRecord } from '../records/record.ts';
import { type Decision, writeDecision } from './decision.ts';

export interface ResolveOutcome {
  readonly consumer: ConsumerDescription;
  /** The record as the operator saw it. If it changes meanwhile, nothing is done. */
  readonly seen: SeenRecord;
  readonly decision: Decision & { readonly what: 'done' | 'retry' | 'abandoned' };
  /** The body, if the record had no room for it. */
  readonly body?: string | undefined;
}

/**
 * Resolves an unknown outcome, and leaves the decision in its record.
 *
 * - `done`: the effect happened. The record is completed.
 * - `retry`: it did not happen, or may happen twice. The event is sent again, to this consumer alone.
 * - `abandoned`: nobody wants the effect any more. The record is completed without it.
 *
 * @throws NotResolvableError, CannotLookError if the record changed.
 */
export async function resolveOutcome(
  aws: Aws,
  { consumer, seen, decision, body }: ResolveOutcome,
): Promise<void> {
  const { id, ownerToken: attempt = '' } = seen;
  const table = partsOfArn(consumer.records).name;
  const store = dynamoDbEffectStore({ table, client: aws.dynamoDb });
  // Before the record changes, so that no change stands there without its reason.
  if (!(await writeDecision(aws.dynamoDb, table, seen, decision))) {
    throw new CannotLookError(
      `The record ${id} has changed since it was shown: look again with unknown show`,
    );
  }
  if (decision.what !== 'retry') {
    const { recordTtlSeconds } = await readFunctionSettings(aws.lambda, consumer);
    await resolve({ store, id, attempt, as: 'done', recordTtlSeconds });
    return;
  }
  const { url } = await readQueue(aws.sqs, consumer.queue);
  await resolve({
    store,
    id,
    attempt,
    as: 'retry',
    ...(body !== undefined && { body }),
    async send({ body: text, messageGroup, deduplicationId, attributes }) {
      await aws.sqs.send(
        new SendMessageCommand({
          QueueUrl: url,
          MessageBody: text,
          MessageGroupId: messageGroup,
          MessageDeduplicationId: deduplicationId,
          MessageAttributes: attributes,
        }),
      );
    },
  });
}
