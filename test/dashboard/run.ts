import type { CfnElement, Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { parseOrderEvent } from '../../contract/orders/order-event.ts';
import type { IdempotentConsumer } from '../../lib/index.ts';
import { type ConsumerHandler, createConsumer, exactlyOnce, increment } from '../../runtime/index.ts';
import type { Span } from '../support/cloudwatch/evaluate-alarm.ts';
import { type Datapoint, extractMetrics } from '../support/cloudwatch/metric-data.ts';
import { anOrder } from '../support/orders.ts';
import { remaining, sqsEvent, sqsRecord } from '../support/sqs.ts';
import { type FakeWiring, fakeWiring } from '../support/wiring.ts';

const minute = 60_000;

/** The length of the run in minutes. */
const length = 180;

/** While the last consumer's dependency is down: minutes of the run. */
const outage = { from: 60, to: 95 };

interface Waiting {
  readonly order: number;
  readonly total: number;
  readonly sentAt: number;
  receiveCount: number;
  /** Milliseconds since the epoch: its next delivery. */
  nextAt: number;
}

export interface DashboardRun {
  readonly data: readonly Datapoint[];
  readonly span: Span;
}

/**
 * A run of three hours on a virtual clock, for the consumers of a stack. The runtime itself writes its metrics. The metrics
 * of AWS are computed from the messages of the run; the durations of invocations are assumed.
 *
 * Every minute four to ten orders are published. Some are repeated at once, so that the broker drops them, and some later,
 * so that the record finds them. The dependency of the last consumer is down for half an hour. Two ids come again with other
 * content.
 */
export async function dashboardRun(
  stack: Stack,
  consumers: readonly IdempotentConsumer[],
): Promise<DashboardRun> {
  const wiring = fakeWiring({ service: stack.stackName });
  wiring.clock.time = 1_700_000_100_000;
  const from = wiring.clock.now();
  const aws = new AwsMetrics(wiring, stack);
  const flows = consumers.map(
    (consumer, index) => new Flow(consumer, wiring, aws, index === consumers.length - 1),
  );
  const [{ topic } = { topic: undefined }] = consumers;
  if (topic === undefined) throw new Error('There is no consumer');
  let order = 0;
  for (let at = 0; at < length; at++) {
    const fresh = Array.from({ length: 7 + Math.round(3 * Math.sin(at / 20)) }, () => ({
      order: ++order,
      total: 15.3,
    }));
    const late = at % 3 === 0 && order > 100 ? [{ order: order - 90, total: 15.3 }] : [];
    const conflicts = at === 40 || at === 130 ? [{ order: order - 50, total: 99 }] : [];
    const sent = [...fresh, ...late, ...conflicts];
    aws.add('AWS/SNS', 'NumberOfMessagesPublished', 'TopicName', topic, sent.length + Number(at % 2 === 0));
    const isDown = at >= outage.from && at < outage.to;
    for (const flow of flows) await flow.minute(sent, isDown);
    wiring.clock.time += minute;
  }
  return { data: [...aws.data, ...extractMetrics(wiring.logged)], span: { from, to: wiring.clock.now() } };
}

/** One consumer with its queue. */
class Flow {
  readonly #consumer: IdempotentConsumer;
  readonly #wiring: FakeWiring;
  readonly #aws: AwsMetrics;
  readonly #isFragile: boolean;
  readonly #handler: ConsumerHandler;
  #waiting: Waiting[] = [];
  #isDown = false;

  constructor(consumer: IdempotentConsumer, wiring: FakeWiring, aws: AwsMetrics, isFragile: boolean) {
    this.#consumer = consumer;
    this.#wiring = wiring;
    this.#aws = aws;
    this.#isFragile = isFragile;
    this.#handler = createConsumer(
      {
        name: consumer.consumerName,
        parse: parseOrderEvent,
        guarantee: exactlyOnce(),
        handle: ({ data: { orderId } }) => {
          if (this.#isDown)
            throw Object.assign(new Error('the provider does not answer'), { code: 'ETIMEDOUT' });
          return [increment('ledger', { orderId }, { times: 1 })];
        },
      },
      { ...wiring, maxReceiveCount: 1000 },
    );
  }

  async minute(sent: readonly { order: number; total: number }[], isDown: boolean): Promise<void> {
    this.#isDown = isDown && this.#isFragile;
    const now = this.#wiring.clock.now();
    this.#waiting.push(...sent.map((message) => ({ ...message, sentAt: now, nextAt: now, receiveCount: 0 })));
    const { queue, handler, deadLetterQueue, tableNames } = this.#consumer;
    this.#aws.add('AWS/SQS', 'NumberOfMessagesSent', 'QueueName', queue, sent.length);
    let tried = this.#waiting.filter(({ nextAt }) => nextAt <= now);
    this.#waiting = this.#waiting.filter(({ nextAt }) => nextAt > now);
    for (; tried.length > 0; tried = tried.slice(10)) await this.#batch(tried.slice(0, 10));
    const letters = this.#wiring.letters.filter(({ attributes }) =>
      attributes['dead-letter-reason']?.StringValue?.includes(`"${this.#consumer.consumerName}"`),
    );
    this.#aws.add(
      'AWS/SQS',
      'ApproximateNumberOfMessagesVisible',
      'QueueName',
      deadLetterQueue,
      letters.length,
    );
    this.#aws.add('AWS/Lambda', 'Errors', 'FunctionName', handler, 0);
    this.#aws.addTables(tableNames, sent.length);
  }

  async #batch(batch: Waiting[]): Promise<void> {
    const records = batch.map((waiting, index) => {
      waiting.receiveCount += 1;
      const { order, total, sentAt, receiveCount } = waiting;
      const options = { messageId: `${index}`, group: `group-${order}`, sentAt, receiveCount };
      return sqsRecord(
        anOrder({ subject: String(order), partitionkey: `group-${order}` }, { total }),
        options,
      );
    });
    const { batchItemFailures } = await this.#handler(sqsEvent(...records), remaining());
    for (const { itemIdentifier } of batchItemFailures) {
      const failed = batch[Number(itemIdentifier)];
      if (failed === undefined) continue;
      // Like the runtime's backoff, in whole minutes.
      failed.nextAt = this.#wiring.clock.now() + Math.min(5, failed.receiveCount) * minute;
      this.#waiting.push(failed);
    }
    const { handler } = this.#consumer;
    this.#aws.add('AWS/Lambda', 'Invocations', 'FunctionName', handler, 1);
    this.#aws.add('AWS/Lambda', 'Duration', 'FunctionName', handler, this.#isDown ? 9000 : 25 * batch.length);
  }
}

/** The metrics of AWS, with logical ids as names. */
class AwsMetrics {
  readonly data: Datapoint[] = [];
  readonly #wiring: FakeWiring;
  readonly #stack: Stack;

  constructor(wiring: FakeWiring, stack: Stack) {
    this.#wiring = wiring;
    this.#stack = stack;
  }

  add(
    namespace: string,
    name: string,
    dimension: string,
    resource: Pick<IConstruct, 'node'>,
    value: number,
  ): void {
    const id = this.#stack.getLogicalId(resource.node.defaultChild as CfnElement);
    this.#push(namespace, name, { [dimension]: id }, value);
  }

  /** @param tableNames References to tables. */
  addTables(tableNames: readonly string[], orders: number): void {
    for (const tableName of tableNames) {
      const { Ref } = this.#stack.resolve(tableName);
      this.#push('AWS/DynamoDB', 'ConsumedWriteCapacityUnits', { TableName: Ref }, 2 * orders);
    }
  }

  #push(namespace: string, name: string, dimensions: Record<string, string>, value: number): void {
    this.data.push({ namespace, name, dimensions, at: this.#wiring.clock.now(), values: [value] });
  }
}
