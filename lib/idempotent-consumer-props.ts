import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Architecture, ILayerVersion, ProvisionedPollerConfig, Tracing } from 'aws-cdk-lib/aws-lambda';
import type { BundlingOptions } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IConstruct } from 'constructs';
import type { GuaranteeName } from '../contract/policies/guarantee-names.ts';
import type { OnPoison } from '../contract/policies/poison-policy.ts';
import type { LogMessageGroups } from '../contract/reporting/log-message-group.ts';
import type { EffectTable } from './effect-tables.ts';
import type { EncryptionKeyProps } from './encryption/encryption-key.ts';
import type { RecordTable } from './record-table.ts';

export interface IdempotentConsumerProps extends EncryptionKeyProps {
  /**
   * The consumer's name: 1 to 64 letters, digits, `-` and `_`. It is part of the key of each record, so renaming a
   * consumer makes every event new to it. Two consumers of one record table cannot have the same name.
   *
   * Do not set `name` of `createConsumer`: it would take precedence, and synthesis cannot see it.
   */
  readonly consumerName: string;

  /**
   * The guarantee that the handler gives to `createConsumer`. Tools read it from the stack's output. If the handler has
   * another one, the function refuses to start with a `ConfigurationError`, and messages wait.
   * @default - tools do not know it
   */
  readonly guarantee?: GuaranteeName;

  /**
   * The same consumer at the place from which it moves: in another stack, or under another id. It must be created before,
   * with the same `consumerName`, records, handler and topic. Both then get each event, and one of them applies it.
   * docs/lifecycle.md says in which order to deploy and when to remove the old one.
   * @default - none: a second consumer of that name fails synthesis
   */
  readonly movesFrom?: IConstruct;

  /**
   * A name for what the consumer consists of: the function and its log group (`/aws/lambda/<name>`), and the queues
   * (`<name>.fifo`, `<name>-dlq.fifo`, `<name>-subscription-dlq.fifo`). What outlives the stack then blocks the next
   * deployment, and a change of the name replaces all of them: docs/lifecycle.md.
   * @default - names of CloudFormation's
   */
  readonly physicalName?: string;

  /**
   * The topic of the events: any FIFO topic of this stack, another stack or another account (`Topic.fromTopicArn`).
   *
   * Synthesis knows only the ARN of an imported topic. Check yourself that
   * - it has content-based deduplication, or its publishers give deduplication ids: SNS refuses other messages;
   * - its publishers set a message group: SNS refuses messages without one;
   * - a topic of another account lets this account subscribe (`sns:Subscribe`);
   * - if you replay from an archive, the archive does not keep events longer than records live.
   */
  readonly topic: ITopic;

  /** The table of the consumer's records, which say which events were applied. Consumers may share one table. */
  readonly records: RecordTable;

  /** The file that exports `handler`, made by `createConsumer` of `order-once`. */
  readonly entry: string;

  /**
   * The tables that the handler's effects write to, by the names that `createConsumer` gives them. The function gets
   * their names and keys, and only the IAM actions that its kinds of effects need.
   * @default - none: an `exactlyOnce()` handler returns no effects
   */
  readonly tables?: Readonly<Record<string, EffectTable>>;

  /** Environment variables of the function, beside those that the construct sets itself. @default - none */
  readonly environment?: Readonly<Record<string, string>>;

  /** Timeout of an invocation, which handles a whole batch; at most 15 minutes. @default Duration.seconds(30) */
  readonly timeout?: Duration;

  /** Memory of the function in MiB, 128 to 10,240; Lambda gives CPU in proportion. @default 512 */
  readonly memorySize?: number;

  /** Maximum number of messages per invocation; 1 to 10, Lambda's limit for a FIFO queue. @default 10 */
  readonly batchSize?: number;

  /**
   * Maximum number of concurrent invocations; 2 to 1,000. Not together with `provisionedPollerConfig`.
   * @default - as many as there are message groups
   */
  readonly maxConcurrency?: number;

  /**
   * Pollers that Lambda keeps ready for the queue, at a price per hour: `minimumPollers` from 2 to 200, `maximumPollers` up
   * to 2,000. Not together with `maxConcurrency`.
   * @default - Lambda scales pollers by itself
   */
  readonly provisionedPollerConfig?: ProvisionedPollerConfig;

  /**
   * How long a received message stays hidden; at most 12 hours. At least six times `timeout`, because otherwise a
   * second function can get the message while the first one is still running.
   * @default - six times `timeout`, or longer if `toleratedOutage` needs it
   */
  readonly visibilityTimeout?: Duration;

  /** How long the queue keeps a message; 1 minute to 14 days. @default Duration.days(4) */
  readonly retention?: Duration;

  /** How long both dead-letter queues keep a message; 1 minute to 14 days. @default Duration.days(14) */
  readonly deadLetterRetention?: Duration;

  /**
   * How long a dependency may be down, or the function may fail to start, before SQS moves messages to the dead-letter
   * queue. An outage of about 35 hours uses all of the 1,000 receives that SQS allows.
   * @default Duration.days(1)
   */
  readonly toleratedOutage?: Duration;

  /**
   * Number of receives after which SQS itself moves a message to the dead-letter queue; at most 1,000. After a quarter
   * of them the runtime spreads the rest over the retention, so a lower number makes retries slower.
   * @default - 1,000, or the number of receives within the retention if the function does not start
   */
  readonly maxReceiveCount?: number;

  /**
   * How poison is handled: an event with a permanent error, a conflict, or an event whose attempts are used up.
   * `quarantine` copies the event to the dead-letter queue, and its group continues. `block` leaves the event in its
   * queue, and its group waits behind it, in order, until a deployment fixes the event or an operator skips it;
   * the alarm `Blocked` rings meanwhile. A body that is not an event never blocks.
   * @default quarantine
   */
  readonly onPoison?: OnPoison;

  /**
   * The consumer's past. `'new'`: it has none, so an event without a record was never applied. With a date, something else
   * applied events before it, for example the function that this consumer replaces. An event that was first published more
   * than an hour before `from` and has no record then goes to the dead-letter queue with the code `OUT_OF_WINDOW`, because
   * it may have been applied. The hour is for publishers with slow clocks. If events of the last hour before the switch may
   * be sent again, set `from` to an hour after the switch.
   *
   * The function writes the setting into the record table once, in the item `<consumerName>#%history`. It changes nothing
   * there later.
   * @default 'new'
   */
  readonly history?: 'new' | { readonly from: Date };

  /**
   * Whether the consumer has alarms: on both dead-letter queues, on the age of the oldest message, on outcomes that need a
   * person, on the function, on the tables, and on a lost subscription. docs/runbook.md has a section for each of them, and
   * docs/cost.md their price. The CDK context `order-once:alarms=false` leaves out the alarms of all consumers.
   * @default true
   */
  readonly alarms?: boolean;

  /**
   * The topic that gets a message when an alarm rings, and one when it ends. The construct lets CloudWatch publish to it and use
   * its key. Synthesis fails for a FIFO topic and for one that is encrypted under `alias/aws/sns`: CloudWatch can publish to
   * neither.
   * @default - the alarms have no actions
   */
  readonly alarmTopic?: ITopic;

  /** Address of the runbook, to which the texts of the alarms link. @default docs/runbook.md, which is in the repository of this package */
  readonly runbook?: string;

  /**
   * What happens to the queues and the log group when their stack is deleted.
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE: they stay. If the deployment that creates them fails, they are
   *   deleted, so that the next deployment can create them again.
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * How long CloudWatch keeps the function's log. Keep it at least as long as records live: the log then has the deliveries of
   * every event that has a record.
   * @default RetentionDays.TWO_MONTHS
   */
  readonly logRetention?: RetentionDays;

  /**
<<<<<<< HEAD
   * What log lines say of a message group. `hashed`: a keyed hash, because groups are often account numbers of people. The same
   * group has the same hash in all consumers of the stack, so you can still follow it. docs/runbook.md finds the lines of a
   * group. `plain`: the group itself. Records and dead letters always have the group.
   * @default hashed
   */
  readonly logMessageGroups?: LogMessageGroups;

  /**
   * A customer managed key that encrypts the three queues and the function's environment variables. The construct lets
   * the function use the key, and SNS for topics of the topic's account. Tables and logs do not use it. An `EventTopic`
   * has its own `encryptionKey`.
=======
   * A customer managed key that encrypts the three queues, and the function's environment variables and log. The construct
   * lets the function and CloudWatch use the key, and SNS for topics of the topic's account. `EventTopic`, `RecordTable` and
   * `DataTable` have the same option.
>>>>>>> 04c87ba (Encrypt tables and log groups under the key of topic and queues too, with a setting for the example and its whole policy in the documentation)
   * @default - keys of AWS, which are free
   */
  readonly encryptionKey?: IKey;

  /**
   * The VPC of the function. Through VPC endpoints or a NAT gateway the function must reach DynamoDB, SQS and every
   * system that the handler calls.
   * @default - none
   */
  readonly vpc?: IVpc;

  /** Subnets of `vpc`. @default - its private subnets */
  readonly vpcSubnets?: SubnetSelection;

  /** Security groups in `vpc`. @default - a new one that allows all outbound traffic */
  readonly securityGroups?: ISecurityGroup[];

  /** The function's processor. @default Architecture.ARM_64, a fifth cheaper */
  readonly architecture?: Architecture;

  /** Layers of the function. @default - none */
  readonly layers?: ILayerVersion[];

  /** X-Ray traces of the function. @default - none */
  readonly tracing?: Tracing;

  /**
   * Options for esbuild. They take precedence over those of the construct, with three exceptions: the format stays an
   * ES module, your banner follows the construct's banner, and your `--alias` in `esbuildArgs` is added to the
   * construct's.
   * @default - minified, with a source map and the AWS SDK inside
   */
  readonly bundling?: BundlingOptions;

  /**
   * The lock file of the handler's project. Name it if the repository has several, as in a monorepo.
   * @default - the only lock file in the nearest folder that has one, from the working folder upwards
   */
  readonly depsLockFilePath?: string;
}
