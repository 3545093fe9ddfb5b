import { type Message, SendMessageCommand } from '@aws-sdk/client-sqs';
import { brokerId } from '../../contract/broker-id.ts';
import type { ConsumerDescription } from '../../contract/consumer-description.ts';
import { letterKey } from '../../contract/record/attention.ts';
import { type ResolveOptions, resolve } from '../../runtime/operator/resolve-unknown.ts';
import { dynamoDbEffectStore } from '../../runtime/stores/dynamodb/effect-store.ts';
import { type Aws, partsOfArn } from '../access/connect.ts';
import { CannotLookError } from '../errors.ts';
import { readFunctionSettings } from '../installation/function-settings.ts';
import { readQueue } from '../installation/read-path.ts';
import { forgetEntry } from '../letters/letter-records.ts';
import { moveLetters } from '../letters/move-letters.ts';
import type { SeenRecord } from '../records/record.ts';
import { type Decision, forgottenIn, writeDecision } from './decision.ts';

export interface ResolveOutcome {
  readonly consumer: ConsumerDescription;
  /** The record as the operator saw it. If it changes meanwhile, nothing is done. */
  readonly seen: SeenRecord;
  readonly decision: Decision & { readonly what: 'done' | 'retry' | 'abandoned' };
}

/**
 * Resolves an unknown outcome, and leaves the decision in its record.
 *
 * - `done`: the effect happened. The record is completed.
 * - `retry`: it did not happen, or may happen twice. The event is sent again, to this consumer alone.
 * - `abandoned`: nobody wants the effect any more. The record is completed without it.
 *
 * @throws NotResolvableError; CannotLookError if the record changed, or if its message was too large for it and the copy is
 *   not in the dead-letter queue.
 */
export async function resolveOutcome(aws: Aws, { consumer, seen, decision }: ResolveOutcome): Promise<void> {
  const { id, ownerToken: attempt = '' } = seen;
  const table = partsOfArn(consumer.records).name;
  const store = dynamoDbEffectStore({ table, client: aws.dynamoDb });
  const earlier = forgottenIn(seen);
  if (decision.what === 'retry' && earlier !== undefined) {
    throw new CannotLookError(
      `The body of ${id} was removed at ${earlier.at} by ${earlier.by} (${earlier.why}), so its event cannot be sent again. ` +
        'Decide it with --done or --abandon. If the effect is still wanted, the producer publishes it as a new event',
    );
  }
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
  const retry = {
    store,
    id,
    attempt,
    as: 'retry',
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
  } satisfies ResolveOptions;
  if (seen.bodySha256 === undefined) await resolve(retry);
  else await withCopy(aws, consumer, seen, async (copy) => await resolve({ ...retry, copy }));
}

/** Takes the copy of a message that was too large for its record from the dead-letter queue, once the event was sent again. */
async function withCopy(
  aws: Aws,
  { consumer, deadLetterQueue, records }: ConsumerDescription,
  { id, messageId = '' }: SeenRecord,
  send: (copy: Message) => Promise<void>,
): Promise<void> {
  const { url } = await readQueue(aws.sqs, deadLetterQueue);
  const { moved } = await moveLetters({
    client: aws.sqs,
    deadLetterQueueUrl: url,
    wanted: new Set([brokerId(messageId)]),
    passesOthers: true,
    async move(letter) {
      await send(letter);
      return true;
    },
    async moved() {
      const record = letterKey(consumer, messageId);
      await forgetEntry(aws.dynamoDb, partsOfArn(records).name, { record });
    },
    room: async () => {},
  });
  if (moved.size > 0) return;
  throw new CannotLookError(
    `The message of ${id} was too large for its record, and its copy (BODY_KEPT) is not in the dead-letter queue of ${consumer}`,
  );
}
