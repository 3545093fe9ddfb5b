import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { type ConsumerSettings, readConsumerSettings } from './consumer-settings.ts';
import { describeConsumer } from './describe-consumer.ts';
import { grantEffects } from './effect-tables.ts';
import { allowSns } from './encryption/services.ts';
import { consumerEnvironment } from './functions/consumer-environment.ts';
import { eventSource } from './functions/event-source.ts';
import { nodeFunction, passOn } from './functions/node-function.ts';
import type { IdempotentConsumerProps } from './idempotent-consumer-props.ts';
import { givenName } from './names.ts';
import { consumerQueues } from './queues/consumer-queues.ts';
import { subscribeQueue } from './queues/subscribe-queue.ts';
import { checkFifoTopic } from './rules/check-fifo-topic.ts';
import { claimConsumerName } from './rules/consumer-names.ts';
import { addWindowRules } from './rules/window-rules.ts';
import { MeasuredConsumer } from './watching/consumer-metrics.ts';
import { type ConsumerAlarms, hasAlarms, watchConsumer } from './watching/watch-consumer.ts';

/**
 * A consumer that applies each event of a topic once. The construct creates a FIFO queue with a dead-letter queue, a
 * raw subscription with its own dead-letter queue, and the function with the grants and environment variables that the
 * runtime needs.
 *
 * Synthesis fails if a message could outlive its record, if two functions could process a message at once, or if SQS
 * could give a message up while the runtime still retries it. The error names the numbers and the fix.
 *
 * @example
 * ```ts
 * new IdempotentConsumer(this, 'Bookings', {
 *   consumerName: 'bookings',
 *   topic: new EventTopic(this, 'Events'),
 *   records: new RecordTable(this, 'Records'),
 *   entry: 'bookings.ts',
 *   tables: { seats: { table: seats, effects: ['put'] }, halls: { table: halls, effects: ['increment'] } },
 * });
 * ```
 */
export class IdempotentConsumer extends MeasuredConsumer {
  /** The consumer's name, which is part of the key of each record. */
  readonly consumerName: string;
  /** The topic of the events. */
  readonly topic: ITopic;
  /** Names of the tables that the consumer writes to: its records and the tables of its effects, each once. */
  readonly tableNames: readonly string[];
  readonly handler: LambdaFunction;
  readonly queue: Queue;
  /**
   * The dead-letter queue of the source queue. The runtime copies poison to it, and SQS moves messages to it after
   * `maxReceiveCount` receives.
   */
  readonly deadLetterQueue: Queue;
  /** The dead-letter queue of the subscription: messages that SNS could not deliver to the source queue. */
  readonly subscriptionDeadLetterQueue: Queue;
  /**
   * The alarms by their names, for example `consumer.alarms.DeadLetters`. Empty with `alarms: false`. `Blocked` exists only with
   * `onPoison: 'block'`. `NothingArrives` and `LostEvents` exist only if the topic's metrics are in the account and Region of the
   * stack; `LostEvents` exists once per topic and stack.
   */
  readonly alarms: ConsumerAlarms;

  /**
   * @throws ConfigurationError for an option that AWS or the runtime refuses, a topic that is not FIFO, a consumer name
   *   that another consumer of the record table has, and resource names that are too long for AWS or belong to another
   *   construct.
   */
  constructor(scope: Construct, id: string, props: IdempotentConsumerProps) {
    super(scope, id);
    const { topic, records } = props;
    checkFifoTopic(topic);
    claimConsumerName(this, props.consumerName, records, props.movesFrom);
    this.consumerName = props.consumerName;
    this.topic = topic;
    const tables = [records, ...Object.values(props.tables ?? {}).map(({ table }) => table)];
    this.tableNames = [...new Set(tables.map(({ tableName }) => tableName))];
    const settings = readConsumerSettings(props);

    const queues = consumerQueues(this, settings, props);
    this.queue = queues.queue;
    this.deadLetterQueue = queues.deadLetterQueue;
    this.subscriptionDeadLetterQueue = queues.subscriptionDeadLetterQueue;
    allowSns(this, props, topic);
    const subscription = subscribeQueue(this, topic, queues);

    this.handler = this.#function(props, settings);
    const source = eventSource(this, this.handler, { ...props, ...settings, queue: this.queue });
    const parts = { ...queues, handler: this.handler, subscription, eventSource: source };
    addWindowRules(this, { ...settings, ...parts });
    describeConsumer(this, props, { ...parts, history: settings.history });
    this.alarms = props.alarms !== false && hasAlarms(this) ? this.#watch(props, settings) : {};
  }

  #watch(props: IdempotentConsumerProps, settings: ConsumerSettings): ConsumerAlarms {
    return watchConsumer(this, {
      ...props,
      ...settings,
      tableNames: this.tableNames,
      blocks: settings.onPoison === 'block',
    });
  }

  /** Creates the function, with the runtime's settings and grants. */
  #function(props: IdempotentConsumerProps, settings: ConsumerSettings): LambdaFunction {
    const { physicalName, records, encryptionKey, tables = {} } = props;
    const handler = nodeFunction(this, {
      ...passOn(props),
      ...(physicalName === undefined
        ? {}
        : { functionName: givenName(this, 'physicalName', 'function', physicalName) }),
      entry: props.entry,
      timeout: settings.timeout,
      memorySize: props.memorySize ?? 512,
      environment: consumerEnvironment(props, settings, this),
      removalPolicy: settings.removalPolicy,
      logRetention: settings.logRetention,
      encryptionKey,
      keyPolicyIsMine: props.keyPolicyIsMine,
    });
    records.grantCommit(handler);
    grantEffects(handler, tables);
    // The event source grants sqs:ChangeMessageVisibility and sqs:DeleteMessage of the queue.
    this.deadLetterQueue.grant(handler, 'sqs:SendMessage');
    encryptionKey?.grant(handler, 'kms:Decrypt', 'kms:GenerateDataKey');
    return handler;
  }
}
