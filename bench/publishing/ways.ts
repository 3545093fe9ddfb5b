import {
  PublishBatchCommand,
  type PublishBatchRequestEntry,
  PublishCommand,
  SNSClient,
} from '@aws-sdk/client-sns';
import { type OrderEvent, parseOrderEvent } from '../../contract/orders/order-event.ts';
import { publish, snsClient } from '../../publisher/index.ts';

const topicArn = 'arn:aws:sns:us-east-1:123456789012:orders.fifo';
/** Entries of a PublishBatch. */
const batchSize = 10;

/** A way to publish the events of lines; it resolves when the topic has accepted all. */
type Way = (lines: Iterable<string>) => Promise<unknown>;

/** Each makes a client, with the endpoint and the credentials of the environment. */
export const ways = { publisher, oneByOne, allAtOnce } as const satisfies Record<string, () => Way>;
export type WayName = keyof typeof ways;

/** Ours: it also checks each event, and brings it into canonical form. */
function publisher(): Way {
  const client = snsClient(topicArn);
  return (lines) => publish(lines, { topicArn, client, parse: (line) => parseOrderEvent({ body: line }) });
}

/** Each awaited before the next: the order is kept by doing nothing at once. The SDK sends again what was refused. */
function oneByOne(): Way {
  const client = new SNSClient();
  return async (lines) => {
    for (const line of lines) {
      await client.send(new PublishCommand({ TopicArn: topicArn, ...messageOf(line) }));
    }
  };
}

/** Tens as they come, all at once, over the 50 connections that a client has; what was refused is sent again. */
function allAtOnce(): Way {
  const client = new SNSClient();
  const send = async (batch: readonly PublishBatchRequestEntry[]) => {
    for (let rest = [...batch]; rest.length > 0; ) {
      const command = new PublishBatchCommand({ TopicArn: topicArn, PublishBatchRequestEntries: rest });
      const { Failed = [] } = await client.send(command);
      const failed = new Set(Failed.map(({ Id }) => Id));
      rest = rest.filter(({ Id }) => failed.has(Id));
    }
  };
  return async (lines) => {
    const entries = [...lines].map((line, index) => ({ Id: String(index % batchSize), ...messageOf(line) }));
    const batches = Array.from({ length: Math.ceil(entries.length / batchSize) }, (_, index) =>
      entries.slice(index * batchSize, (index + 1) * batchSize),
    );
    await Promise.all(batches.map(send));
  };
}

function messageOf(line: string) {
  const { partitionkey } = JSON.parse(line) as OrderEvent;
  return { Message: line, MessageGroupId: partitionkey };
}
