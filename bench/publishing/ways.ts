import {
  PublishBatchCommand,
  type PublishBatchRequestEntry,
  PublishCommand,
  SNSClient,
} from '@aws-sdk/client-sns';
import { type OrderEvent, parseOrderEvent } from '../../contract/orders/order-event.ts';
import { publish, snsClient } from '../../publisher/index.ts';

const topicArn = 'arn:aws:sns:us-east-1:123456789012:orders.fifo';
/** Maximum number of entries of a PublishBatch. */
const batchSize = 10;

/** Publishes the events of the lines. Resolves when the topic has accepted all of them. */
type Way = (lines: Iterable<string>) => Promise<unknown>;

/** Each creates a client, with the endpoint and the credentials of the environment. */
export const ways = { publisher, oneByOne, allAtOnce } as const satisfies Record<string, () => Way>;
export type WayName = keyof typeof ways;

/** Our publisher. It also checks each event and brings it into canonical form. */
function publisher(): Way {
  const client = snsClient(topicArn);
  return (lines) => publish(lines, { topicArn, client, parse: (line) => parseOrderEvent({ body: line }) });
}

/** Sends one event at a time, which keeps the order. The SDK retries refused events. */
function oneByOne(): Way {
  const client = new SNSClient();
  return async (lines) => {
    for (const line of lines) {
      await client.send(new PublishCommand({ TopicArn: topicArn, ...messageOf(line) }));
    }
  };
}

/** Sends all batches of ten at once, over the client's 50 connections, and sends refused entries again. */
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
