import {
  PublishBatchCommand,
  type PublishBatchCommandInput,
  type PublishBatchCommandOutput,
  type SNSClient,
} from '@aws-sdk/client-sns';
import type { CloudEvent } from '../../contract/event/cloud-event.ts';
import { parseExactJson } from '../../contract/event/exact-json.ts';
import { idempotencyKey, sha256 } from '../../contract/event/identity.ts';
import { consumers } from '../target/consumers.ts';
import { type EventKey, eventKey } from '../verify/expectation.ts';

/** Identifies the messages of one event. Messages that name no event are identified only by their group. */
export type MessageKey = EventKey;

/** @param event Absent for a message that names no event. */
export function messageKey(
  messageGroup: string,
  event: { readonly source: string; readonly id: string } | undefined,
): MessageKey {
  return event === undefined ? JSON.stringify([messageGroup]) : eventKey(event.source, event.id);
}

/**
 * The order in which a topic accepted messages, by its sequence numbers. Each group has the same order in every queue
 * of the topic. The queues of some emulators do not show it themselves.
 */
export class TopicOrder {
  readonly #places = new Map<MessageKey, Set<bigint>>();
  /** Hashes of the deduplication ids and bodies so far. */
  readonly #sent = new Set<string>();

  /**
   * Records from now on what a client publishes, and lets it send one batch at a time: LocalStack may number the batches of two
   * requests at once in one order, and hand them over in the other.
   */
  follow(client: SNSClient): void {
    let last: Promise<unknown> = Promise.resolve();
    client.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          if (commandName !== PublishBatchCommand.name) return await next(args);
          const sending = last.then(() => next(args));
          last = sending.catch(() => {});
          const result = await sending;
          this.#noteBatch(args.input as PublishBatchCommandInput, result.output as PublishBatchCommandOutput);
          return result;
        },
      { step: 'initialize' },
    );
  }

  /**
   * Records a message. A duplicate that the broker removes has no place of its own: AWS returns the sequence number of the
   * first message for it, LocalStack a new one.
   *
   * @param sequenceNumber The topic's sequence number, as digits.
   * @param deduplicationId @default - the broker compares bodies
   */
  note(messageGroup: string, body: string, sequenceNumber: string, deduplicationId = body): void {
    const sent = sha256(JSON.stringify([messageGroup, deduplicationId]));
    if (this.#sent.has(sent)) return;
    this.#sent.add(sent);
    const key = messageKey(messageGroup, eventOf(body));
    const places = this.#places.get(key) ?? new Set();
    this.#places.set(key, places.add(BigInt(sequenceNumber)));
  }

  /** The places of the messages of a key, from the first one. */
  placesOf(key: MessageKey): bigint[] {
    return [...(this.#places.get(key) ?? [])].sort((a, b) => (a < b ? -1 : 1));
  }

  #noteBatch(
    { PublishBatchRequestEntries: entries = [] }: PublishBatchCommandInput,
    { Successful: accepted = [] }: PublishBatchCommandOutput,
  ): void {
    const numbers = new Map(accepted.map(({ Id, SequenceNumber }) => [Id, SequenceNumber]));
    for (const { Id, MessageGroupId = '', Message = '', MessageDeduplicationId } of entries) {
      const sequenceNumber = numbers.get(Id);
      if (sequenceNumber !== undefined)
        this.note(MessageGroupId, Message, sequenceNumber, MessageDeduplicationId);
    }
  }
}

/** The event that a body names, as a consumer's log names it: also if the event is not valid. */
function eventOf(body: string): Pick<CloudEvent, 'source' | 'id'> | undefined {
  try {
    const event = parseExactJson(body) as CloudEvent;
    // Throws for an event without a name.
    idempotencyKey(consumers[0], event);
    return event;
  } catch {
    return undefined;
  }
}
