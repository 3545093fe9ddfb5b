import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { blockedAlarm } from './blocked-alarm.ts';
import { type ConsumerSettings, readConsumerSettings } from './consumer-settings.ts';
import { grantEffects } from './effect-tables.ts';
import { consumerEnvironment } from './functions/consumer-environment.ts';
import { eventSource } from './functions/event-source.ts';
import { nodeFunction, passOn } from './functions/node-function.ts';
import type { IdempotentConsumerProps } from './idempotent-consumer-props.ts';
import { physicalName } from './names.ts';
import { consumerQueues } from './queues/consumer-queues.ts';
import { allowSns } from './queues/queue-key.ts';
import { subscribeQueue } from './queues/subscribe-queue.ts';
import { checkFifoTopic } from './rules/check-fifo-topic.ts';
import { claimConsumerName } from './rules/consumer-names.ts';
import { addWindowRules } from './rules/window-rules.ts';

/**
 * A function that takes a topic's events and applies each once: a FIFO queue with a dead-letter queue, a raw
 * subscription with a dead-letter queue of its own, and the function with the grants and environment variables that
 * its runtime needs.
 *
 * Synthesis fails, naming numbers and fix, where a message could outlive its record, be processed by two functions at
 * once, or be given up by SQS while the runtime still tries.
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
export class IdempotentConsumer extends Construct {
  /** Part of the key of each record. */
  readonly consumerName: string;
  readonly handler: LambdaFunction;
  readonly queue: Queue;
  /** Where the runtime puts poison, and SQS what was received `maxReceiveCount` times. */
  readonly deadLetterQueue: Queue;
  /** Where SNS puts what it could not deliver to the queue. */
  readonly subscriptionDeadLetterQueue: Queue;
  /**
   * With `onPoison: 'block'` alone: in ALARM while a message blocks its group. It has no action yet, `addAlarmAction`
   * gives it one.
   */
  readonly blockedAlarm?: Alarm;

  /**
   * @throws ConfigurationError for an option that AWS or the runtime refuses, a topic that is no FIFO topic, a consumer's
   *   name that another consumer of the record table has, and names of resources that get longer than AWS takes or are
   *   another construct's.
   */
  constructor(scope: Construct, id: string, props: IdempotentConsumerProps) {
    super(scope, id);
    const { topic, records, encryptionKey } = props;
    checkFifoTopic(topic);
    claimConsumerName(this, props.consumerName, records);
    this.consumerName = props.consumerName;
    const settings = readConsumerSettings(props);

    const queues = consumerQueues(this, settings, encryptionKey);
    this.queue = queues.queue;
    this.deadLetterQueue = queues.deadLetterQueue;
    this.subscriptionDeadLetterQueue = queues.subscriptionDeadLetterQueue;
    if (encryptionKey !== undefined) {
      allowSns(this, encryptionKey, { topic, policyIsMine: props.keyPolicyIsMine });
    }
    const subscription = subscribeQueue(this, topic, queues);

    this.handler = this.#function(props, settings);
    if (settings.onPoison === 'block') {
      this.blockedAlarm = blockedAlarm(this, this.handler.logGroup, this.#functionName);
    }
    const source = eventSource(this, this.handler, { ...props, ...settings, queue: this.queue });
    addWindowRules(this, {
      ...queues,
      ...settings,
      handler: this.handler,
      subscription,
      eventSource: source,
    });
  }

  get #functionName(): string {
    return physicalName(this.node.scope as Construct, this.node.id, 'function');
  }

  /** The function, with what its runtime has to know and may do. */
  #function(props: IdempotentConsumerProps, settings: ConsumerSettings): LambdaFunction {
    const { records, encryptionKey, tables = {} } = props;
    const handler = nodeFunction(this, {
      ...passOn(props),
      functionName: this.#functionName,
      entry: props.entry,
      timeout: settings.timeout,
      memorySize: props.memorySize ?? 512,
      environment: consumerEnvironment(props, settings, this),
      removalPolicy: settings.removalPolicy,
      ...(encryptionKey === undefined ? {} : { environmentEncryption: encryptionKey }),
    });
    records.grantCommit(handler);
    grantEffects(handler, tables);
    // Beside what its event source is granted: sqs:ChangeMessageVisibility and sqs:DeleteMessage of the queue.
    this.deadLetterQueue.grant(handler, 'sqs:SendMessage');
    encryptionKey?.grant(handler, 'kms:Decrypt', 'kms:GenerateDataKey');
    return handler;
  }
}
