import type { Counted } from './count.ts';
import { memoryMiB, memoryOfOneProcessor, prices, queueChunk } from './prices.ts';

/** Dollars of one message, by service. */
export interface Dollars {
  /** Topic and queue. */
  readonly messaging: number;
  readonly lambda: number;
  readonly dynamoDb: number;
}

const gigabyte = 1024 ** 3;

/** The price of a message, from its publication to its deletion from the queue. */
export function dollarsOf(counted: Counted): Dollars {
  return {
    messaging: messagingOf(counted),
    lambda: lambdaOf(counted) / counted.shape.messages,
    dynamoDb: (counted.recordUnits + counted.effectUnits) * prices.writeUnit,
  };
}

export function sumOf({ messaging, lambda, dynamoDb }: Dollars): number {
  return messaging + lambda + dynamoDb;
}

/**
 * Each message is published alone, as the intake does it. Each delivery from SNS to the queue is charged as a request
 * to SQS, and so is each batch that Lambda receives or deletes.
 */
function messagingOf({ source, bodyBytes, shape, queueRequests }: Counted): number {
  const gigabytes = bodyBytes / gigabyte;
  const topic =
    prices.fifoPublish +
    prices.fifoSubscriptionMessage +
    gigabytes * (prices.fifoPublishedGigabyte + prices.fifoSubscriptionGigabyte);
  const sent = Math.ceil(bodyBytes / queueChunk);
  const received = Math.ceil((bodyBytes * shape.messages) / queueChunk) / shape.messages;
  const requests = sent + received + 1 / shape.messages + queueRequests;
  return source === 'fifo'
    ? topic + requests * prices.fifoQueueRequest
    : requests * prices.standardQueueRequest;
}

function lambdaOf(counted: Counted): number {
  return prices.invocation + (batchTime(counted) / 1000) * (memoryMiB / 1024) * prices.gigabyteSecond;
}

/**
 * Duration of a batch in ms: the time of its chain of requests, plus its CPU time. Lambda gives a function CPU in
 * proportion to its memory.
 *
 * @param memory Memory of the function in MiB.
 */
export function batchTime({ waitPerBatch, processorPerBatch }: Counted, memory: number = memoryMiB): number {
  return waitPerBatch + processorPerBatch * (memoryOfOneProcessor / memory);
}
