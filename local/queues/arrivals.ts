import { randomUUID } from 'node:crypto';
import { SNSClient, SubscribeCommand, UnsubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { ClientConfig } from '../endpoint/client-config.ts';

/**
 * Maximum time between two arrivals, in ms. An emulator on a busy machine hands over one message in a second or less. A message
 * that has not arrived by then was a duplicate for the broker, published before this process started.
 */
const silenceMs = 10_000;

interface Probe {
  readonly queueUrl: string;
  readonly subscriptionArn: string;
}

/**
 * Tells when a topic has handed published messages to its queues. An emulator may take a minute for that, and until then the
 * queues are empty.
 *
 * It subscribes a queue of its own to the topic. Emulators hand a message to one queue after the other, and this queue was
 * subscribed last. So a message that arrived here is in all other queues.
 */
export class Arrivals {
  readonly #sns: SNSClient;
  readonly #sqs: SQSClient;
  readonly #probes = new Map<string, Promise<Probe>>();
  /** Keys of the published messages, by topic and body. Equal keys are one message for the broker. */
  readonly #published = new Map<string, Set<string>>();
  /** Number of arrived messages, by topic and body. */
  readonly #arrived = new Map<string, number>();

  constructor(clientConfig: ClientConfig) {
    this.#sns = new SNSClient(clientConfig);
    this.#sqs = new SQSClient(clientConfig);
  }

  /**
   * Begins to watch a topic. Only messages that are published afterwards arrive. Safe to call again, also after it failed: then
   * nothing of the attempt is left.
   */
  async watch(topicArn: string): Promise<void> {
    const probe = this.#probes.get(topicArn) ?? this.#subscribe(topicArn);
    this.#probes.set(topicArn, probe);
    try {
      await probe;
    } catch (error) {
      this.#probes.delete(topicArn);
      throw error;
    }
  }

  /** @param deduplicationId `undefined` if the topic makes it from the body. */
  published(topicArn: string, body: string, deduplicationId: string | undefined): void {
    const message = `${topicArn} ${body}`;
    const keys = this.#published.get(message) ?? new Set();
    this.#published.set(message, keys.add(deduplicationId ?? body));
  }

  /**
   * Waits until every published message has arrived, or was removed by the broker.
   * @param patienceMs Maximum time between two arrivals, in ms.
   */
  async complete(patienceMs = silenceMs): Promise<void> {
    for (const [topicArn, probe] of this.#probes) {
      const { queueUrl } = await probe;
      let arrivedAt = Date.now();
      while (this.#isMissing(topicArn) && Date.now() - arrivedAt < patienceMs) {
        const bodies = await this.#receive(queueUrl);
        for (const body of bodies) this.#arrive(`${topicArn} ${body}`);
        if (bodies.length > 0) arrivedAt = Date.now();
      }
    }
  }

  /** Removes its queues and subscriptions. */
  async remove(): Promise<void> {
    for (const probe of this.#probes.values()) {
      const { queueUrl, subscriptionArn } = await probe;
      await this.#sns.send(new UnsubscribeCommand({ SubscriptionArn: subscriptionArn }));
      await this.#sqs.send(new DeleteQueueCommand({ QueueUrl: queueUrl }));
    }
  }

  close(): void {
    this.#sns.destroy();
    this.#sqs.destroy();
  }

  #isMissing(topicArn: string): boolean {
    return [...this.#published].some(
      ([message, keys]) =>
        message.startsWith(`${topicArn} `) && (this.#arrived.get(message) ?? 0) < keys.size,
    );
  }

  #arrive(message: string): void {
    this.#arrived.set(message, (this.#arrived.get(message) ?? 0) + 1);
  }

  async #subscribe(topicArn: string): Promise<Probe> {
    const { QueueUrl: queueUrl = '' } = await this.#sqs.send(
      new CreateQueueCommand({
        QueueName: `order-once-arrivals-${randomUUID().slice(0, 8)}.fifo`,
        Attributes: { FifoQueue: 'true' },
      }),
    );
    try {
      const { Attributes = {} } = await this.#sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['QueueArn'] }),
      );
      const { SubscriptionArn: subscriptionArn = '' } = await this.#sns.send(
        new SubscribeCommand({
          TopicArn: topicArn,
          Protocol: 'sqs',
          Endpoint: Attributes.QueueArn,
          Attributes: { RawMessageDelivery: 'true' },
          ReturnSubscriptionArn: true,
        }),
      );
      return { queueUrl, subscriptionArn };
    } catch (error) {
      // For example there is no such topic.
      await this.#sqs.send(new DeleteQueueCommand({ QueueUrl: queueUrl })).catch(() => {});
      throw error;
    }
  }

  /** @returns The bodies of the next messages, which it deletes. */
  async #receive(queueUrl: string): Promise<readonly string[]> {
    const { Messages = [] } = await this.#sqs.send(
      new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
    );
    if (Messages.length === 0) return [];
    const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    await this.#sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
    return Messages.map(({ Body = '' }) => Body);
  }
}
