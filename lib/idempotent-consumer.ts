import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { type EnvironmentName, environmentNames } from '../contract/environment.ts';
import { ConfigurationError } from '../contract/errors.ts';
import { poisonPolicies } from '../contract/policies/poison-policy.ts';
import { maxRetention, minRetention } from '../contract/policies/record-ttl.ts';
import { defaultToleratedOutage } from '../contract/policies/retry-policy.ts';
import { blockedAlarm } from './blocked-alarm.ts';
import { checkNumber } from './check-number.ts';
import { fifoQueue } from './fifo-queue.ts';
import { nodeFunction } from './functions/node-function.ts';
import type { IdempotentConsumerProps } from './idempotent-consumer-props.ts';
import { physicalName } from './names.ts';
import { defaultMaxReceiveCount, defaultVisibilityTimeout } from './rules/retention-arithmetic.ts';
import { addWindowRules } from './rules/window-rules.ts';

/** What the effects of a handler ask of IAM. */
const effectActions = {
  put: 'dynamodb:PutItem',
  putIfNewer: 'dynamodb:PutItem',
  // It leaves a tombstone.
  removeIfNewer: 'dynamodb:PutItem',
  increment: 'dynamodb:UpdateItem',
  remove: 'dynamodb:DeleteItem',
} as const;

export type EffectKind = keyof typeof effectActions;

/**
 * A function that takes a topic's events and applies each once: a FIFO queue with a dead-letter queue, a raw
 * subscription with a dead-letter queue of its own, and the function with the grants and environment variables that
 * its runtime needs.
 *
 * Synthesis fails, naming numbers and fix, where a message could outlive its record, be processed by two functions at
 * once, or be given up by SQS while the runtime still tries.
 */
export class IdempotentConsumer extends Construct {
  readonly handler: LambdaFunction;
  readonly queue: Queue;
  /** Where the runtime puts poison, and SQS what was received `maxReceiveCount` times. */
  readonly deadLetterQueue: Queue;
  /** Where SNS puts what it could not deliver to the queue. */
  readonly subscriptionDeadLetterQueue: Queue;
  /** Where poison blocks its group: rings while a message does. It has no action yet, `addAlarmAction` gives it one. */
  readonly blockedAlarm?: Alarm;
  /** The environment variables of the user's own, and of the tables. */
  readonly #variables: Map<string, string>;

  /**
   * @throws ConfigurationError if a name gets longer than AWS takes or is another construct's, and for an option that
   *   AWS refuses.
   */
  constructor(scope: Construct, id: string, props: IdempotentConsumerProps) {
    super(scope, id);
    const {
      topic,
      records,
      timeout = Duration.seconds(30),
      retention = Duration.days(4),
      deadLetterRetention = Duration.days(14),
      batchSize = 10,
      toleratedOutage = Duration.seconds(defaultToleratedOutage),
      onPoison = 'quarantine',
      removalPolicy = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    } = props;
    checkNumber('batchSize', batchSize, { least: 1, most: 10 });
    checkNumber('maxConcurrency', props.maxConcurrency, { least: 2, most: 1000 });
    checkSeconds('visibilityTimeout', props.visibilityTimeout, 0, 12 * 3600);
    checkSeconds('retention', retention, minRetention, maxRetention);
    checkSeconds('deadLetterRetention', deadLetterRetention, minRetention, maxRetention);
    if (!poisonPolicies.includes(onPoison)) {
      throw new ConfigurationError(
        `onPoison is "${onPoison}"; it must be ${poisonPolicies.map((name) => `"${name}"`).join(' or ')}`,
      );
    }
    for (const name of Object.keys(props.environment ?? {})) refuseOwn('environment', name);
    this.#variables = new Map(Object.entries(props.environment ?? {}));
    const numbers = {
      batchSize,
      functionTimeout: timeout.toSeconds(),
      toleratedOutage: toleratedOutage.toSeconds(),
    };
    const visibilityTimeout = props.visibilityTimeout ?? Duration.seconds(defaultVisibilityTimeout(numbers));
    const maxReceiveCount =
      props.maxReceiveCount ??
      defaultMaxReceiveCount({
        ...numbers,
        visibilityTimeout: visibilityTimeout.toSeconds(),
        retention: retention.toSeconds(),
      });

    const queueName = (suffix: string) => physicalName(scope, id, 'queue', `${suffix}.fifo`);
    const deadLetters = { retentionPeriod: deadLetterRetention, removalPolicy };
    this.deadLetterQueue = fifoQueue(this, 'DeadLetterQueue', {
      ...deadLetters,
      queueName: queueName('-dlq'),
    });
    this.queue = fifoQueue(this, 'Queue', {
      queueName: queueName(''),
      retentionPeriod: retention,
      removalPolicy,
      visibilityTimeout,
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount },
    });
    this.subscriptionDeadLetterQueue = fifoQueue(this, 'SubscriptionDeadLetterQueue', {
      ...deadLetters,
      queueName: queueName('-subscription-dlq'),
    });
    Validations.of(this.subscriptionDeadLetterQueue).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'It is a dead-letter queue itself, of an SNS subscription, which the rule does not look at.',
    });
    const subscription = topic.addSubscription(
      new SqsSubscription(this.queue, {
        rawMessageDelivery: true,
        deadLetterQueue: this.subscriptionDeadLetterQueue,
      }),
    );

    const functionName = physicalName(scope, id, 'function');
    this.handler = nodeFunction(this, {
      functionName,
      entry: props.entry,
      timeout,
      memorySize: props.memorySize ?? 512,
      environment: props.environment ?? {},
      removalPolicy,
    });
    this.handler.addEventSource(
      new SqsEventSource(this.queue, {
        batchSize,
        reportBatchItemFailures: true,
        ...(props.maxConcurrency === undefined ? {} : { maxConcurrency: props.maxConcurrency }),
      }),
    );
    records.grantCommit(this.handler);
    // SqsEventSource granted sqs:ChangeMessageVisibility and sqs:DeleteMessage; for them the function needs the URL.
    this.#tell({
      queueUrl: this.queue.queueUrl,
      visibilityTimeoutSeconds: String(visibilityTimeout.toSeconds()),
      queueRetentionSeconds: String(retention.toSeconds()),
      maxReceiveCount: String(maxReceiveCount),
      deadLetterQueueUrl: this.deadLetterQueue.queueUrl,
      onPoison,
    });
    this.deadLetterQueue.grant(this.handler, 'sqs:SendMessage');
    if (onPoison === 'block') {
      this.blockedAlarm = blockedAlarm(this, this.handler.logGroup, functionName);
    }

    addWindowRules(this, { ...this, subscription, toleratedOutage });
  }

  /**
   * Lets the handler's effects write to a table, and tells it the table's name.
   *
   * @param variable The environment variable that gets the table's name.
   * @param effects The kinds of effects that the handler returns for this table. A `raw` one needs its own grant:
   *   `table.grant(consumer.handler, 'dynamodb:ConditionCheckItem')`, for instance.
   * @throws ConfigurationError if the variable holds something else already.
   */
  grantEffects(
    table: Pick<ITable, 'tableName' | 'grant'>,
    variable: string,
    ...effects: readonly EffectKind[]
  ): void {
    refuseOwn('variable', variable);
    const { tableName } = table;
    if ((this.#variables.get(variable) ?? tableName) !== tableName) {
      throw new ConfigurationError(
        `variable: "${variable}" of ${this.node.path} holds something else already, which a table's name would replace. ` +
          'Give the table another variable.',
      );
    }
    this.#variables.set(variable, tableName);
    this.handler.addEnvironment(variable, tableName);
    const actions = effects.map((effect) => effectActions[effect]);
    // What writes whole items is folded where the table's key is known.
    const asks = actions.includes(effectActions.put) ? ['dynamodb:DescribeTable'] : [];
    table.grant(this.handler, ...actions, ...asks);
  }

  #tell(values: Partial<Readonly<Record<EnvironmentName, string>>>): void {
    for (const [name, value] of Object.entries(values)) {
      this.handler.addEnvironment(environmentNames[name as EnvironmentName], value);
    }
  }
}

/** Those that the construct, or its record table, sets: any other value would be overwritten, or would break the runtime. */
const ownVariables: ReadonlySet<string> = new Set(
  (
    [
      'recordsTable',
      'recordTtlSeconds',
      'queueUrl',
      'visibilityTimeoutSeconds',
      'queueRetentionSeconds',
      'maxReceiveCount',
      'deadLetterQueueUrl',
      'onPoison',
    ] satisfies EnvironmentName[]
  ).map((name) => environmentNames[name]),
);

function refuseOwn(option: string, name: string): void {
  if (!ownVariables.has(name)) return;
  throw new ConfigurationError(
    `${option}: "${name}" is set by IdempotentConsumer itself. Take another name.`,
  );
}

function checkSeconds(option: string, duration: Duration | undefined, least: number, most: number): void {
  checkNumber(option, duration?.toSeconds(), { unit: 'seconds', least, most });
}
