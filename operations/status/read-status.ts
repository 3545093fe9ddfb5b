import type { ConsumerDescription } from '../../contract/consumer-description.ts';
import { type Aws, partsOfArn } from '../access/connect.ts';
import type { Installation } from '../installation/find-installation.ts';
import { mappingState, readQueue, subscriptionAttributes, sumOf } from '../installation/read-path.ts';
import { countAttention } from '../records/list-attention.ts';
import { countBlocked } from '../records/list-blocked.ts';
import { type ConsumerMetrics, readMetrics } from './read-metrics.ts';

/** The state of a consumer in one line. */
export interface ConsumerStatus extends ConsumerMetrics {
  readonly consumer: string;
  /** Messages in the queue, those in flight too. */
  readonly waiting: number;
  readonly deadLetters: number;
  /** Messages that SNS could not deliver to the queue. */
  readonly undelivered: number;
  readonly unknown: number;
  readonly blocked: number;
  /** What stops the consumer as a whole; empty if nothing does. */
  readonly stopped: readonly string[];
}

/** Reads the state of each consumer, all of them at once. @param now Milliseconds since the epoch. */
export async function readStatus(
  aws: Aws,
  { stack, consumers }: Pick<Installation, 'stack' | 'consumers'>,
  now: number,
): Promise<readonly ConsumerStatus[]> {
  return await Promise.all(consumers.map((consumer) => statusOf(aws, stack, consumer, now)));
}

/** Whether somebody has to look. */
export function needsPerson({
  deadLetters,
  undelivered,
  unknown,
  blocked,
  stopped,
}: ConsumerStatus): boolean {
  return deadLetters + undelivered + unknown + blocked > 0 || stopped.length > 0;
}

async function statusOf(
  aws: Aws,
  stack: string,
  consumer: ConsumerDescription,
  now: number,
): Promise<ConsumerStatus> {
  const list = { table: partsOfArn(consumer.records).name, consumer: consumer.consumer };
  const [queue, deadLetters, undelivered, unknown, blocked, mapping, subscription, metrics] =
    await Promise.all([
      readQueue(aws.sqs, consumer.queue),
      readQueue(aws.sqs, consumer.deadLetterQueue),
      readQueue(aws.sqs, consumer.subscriptionDeadLetterQueue),
      countAttention(aws.dynamoDb, { ...list, states: ['OUTCOME_UNKNOWN'] }),
      countBlocked(aws.dynamoDb, list),
      mappingState(aws, consumer),
      subscriptionAttributes(aws, consumer),
      readMetrics(aws, stack, consumer, now),
    ]);
  return {
    consumer: consumer.consumer,
    ...metrics,
    waiting: sumOf(queue),
    deadLetters: sumOf(deadLetters),
    undelivered: sumOf(undelivered),
    unknown,
    blocked,
    stopped: [
      ...(subscription === undefined ? ['its subscription is gone'] : []),
      ...(mapping === undefined ? ['its event source mapping is gone'] : []),
      ...(mapping !== undefined && /^Disabl/.test(mapping) ? ['it is paused'] : []),
    ],
  };
}
