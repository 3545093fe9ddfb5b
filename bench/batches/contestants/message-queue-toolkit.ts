import { argv } from 'node:process';
import { TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { MessageHandlerConfigBuilder } from '@message-queue-toolkit/core';
import { RedisMessageDeduplicationStore } from '@message-queue-toolkit/redis-message-deduplication-store';
import { AbstractSqsConsumer, type SQSConsumerDependencies } from '@message-queue-toolkit/sqs';
import { Redis } from 'ioredis';
import { z } from 'zod';
import type { OrderEvent } from '../../../contract/orders/order-event.ts';
import { batchSize } from '../orders.ts';
import { connect, effectsOf } from './client.ts';
import type { Contestant } from './contestant.ts';
import { PolledQueue } from './polled-queue.ts';

const client = connect();

const orderPlaced = z.object({
  specversion: z.literal('1.0'),
  id: z.string(),
  source: z.string(),
  type: z.literal('order.placed'),
  subject: z.string(),
  partitionkey: z.string(),
  sequence: z.string(),
  data: z.object({
    orderId: z.string(),
    customerId: z.string().optional(),
    currency: z.string(),
    lines: z.array(
      z.object({
        sku: z.string(),
        description: z.string().optional(),
        quantity: z.number(),
        unitPrice: z.number(),
      }),
    ),
    total: z.number(),
  }),
});
type OrderPlaced = z.infer<typeof orderPlaced>;

async function applyOnce(order: OrderPlaced) {
  await client.send(new TransactWriteItemsCommand({ TransactItems: await effectsOf(order as OrderEvent) }));
  return { result: 'success' } as const;
}

/**
 * Follows its documentation for FIFO queues: each of several pollers handles one message at a time, so that groups run
 * in parallel and each keeps its order. With larger batches it would handle all messages of a batch at once, whatever
 * their groups.
 */
class OrderConsumer extends AbstractSqsConsumer<OrderPlaced, undefined> {
  constructor(queueUrl: string, redis: Redis, dependencies: SQSConsumerDependencies) {
    super(
      dependencies,
      {
        fifoQueue: true,
        locatorConfig: { queueUrl },
        messageTypeResolver: { messageTypePath: 'type' },
        messageIdField: 'id',
        messageDeduplicationIdField: 'id',
        enableConsumerDeduplication: true,
        messageDeduplicationConfig: { deduplicationStore: new RedisMessageDeduplicationStore({ redis }) },
        handlers: new MessageHandlerConfigBuilder<OrderPlaced, undefined>()
          .addConfig(orderPlaced, applyOnce)
          .build(),
        concurrentConsumersAmount: batchSize,
      },
      undefined,
    );
  }
}

const queue = new PolledQueue();
const [, , , redisPort] = argv;
const fail = (error: unknown) => {
  throw error;
};
const ignore = () => {};
const consumer = new OrderConsumer(queue.url, new Redis(Number(redisPort), '127.0.0.1'), {
  sqsClient: queue.connect(),
  logger: {
    level: 'silent',
    trace: ignore,
    debug: ignore,
    info: ignore,
    warn: ignore,
    error: fail,
    fatal: fail,
  } as never,
  errorReporter: { report: ({ error }) => fail(error) },
  consumerErrorResolver: { processError: fail },
  transactionObservabilityManager: {
    start: ignore,
    startWithGroup: ignore,
    stop: ignore,
    addCustomAttributes: ignore,
  },
});
await consumer.start();

export const messageQueueToolkit: Contestant = async (batch) => async () => {
  await queue.hand(batch);
  return 0;
};
