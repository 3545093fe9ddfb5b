import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Architecture, ILayerVersion, ProvisionedPollerConfig, Tracing } from 'aws-cdk-lib/aws-lambda';
import type { BundlingOptions } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { OnPoison } from '../contract/policies/poison-policy.ts';
import type { EffectTable } from './effect-tables.ts';
import type { RecordTable } from './record-table.ts';

export interface IdempotentConsumerProps {
  /**
   * The consumer's name: 1 to 64 letters, digits, `-` and `_`. It is part of the key of each record, so renaming a consumer
   * makes every event new to it. No other consumer of the same record table may have it.
   *
   * Leave `name` of `createConsumer` out: it goes before this one, and synthesis cannot see it.
   */
  readonly consumerName: string;

  /**
   * Where the events come from: any FIFO topic, of this stack, another stack or another account (`Topic.fromTopicArn`).
   *
   * Synthesis knows no more of an imported topic than its ARN. Check yourself that
   * - it has content-based deduplication, or its publishers give deduplication ids: SNS refuses other messages;
   * - its publishers set a message group: SNS refuses messages without one;
   * - a topic of another account lets this account subscribe (`sns:Subscribe`);
   * - an archive keeps events no longer than records count, if you replay from it.
   */
  readonly topic: ITopic;

  /** Where the consumer keeps which events it applied. Consumers may share one table. */
  readonly records: RecordTable;

  /** The file that exports `handler`, made by `createConsumer` of `order-once`. */
  readonly entry: string;

  /**
   * The tables that the handler's effects write to, by the names under which `createConsumer` declares them. The function
   * gets their names and keys, and the IAM actions that the kinds of effects need, no others.
   * @default - none: an `exactlyOnce()` handler returns no effects
   */
  readonly tables?: Readonly<Record<string, EffectTable>>;

  /** Environment variables of the function, beside those that the construct sets itself. @default - none */
  readonly environment?: Readonly<Record<string, string>>;

  /** How long one invocation may take, for a whole batch; at most 15 minutes. @default Duration.seconds(30) */
  readonly timeout?: Duration;

  /** Memory of the function in MiB, 128 to 10,240; Lambda gives CPU in proportion. @default 512 */
  readonly memorySize?: number;

  /** Messages that one invocation gets; 1 to 10, the most that Lambda takes from a FIFO queue. @default 10 */
  readonly batchSize?: number;

  /**
   * Invocations at the same time; 2 to 1,000. Not together with `provisionedPollerConfig`.
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
   * How long a received message stays hidden; at most 12 hours. At least six times `timeout`, or a second function gets the
   * message while the first is at work.
   * @default - six times `timeout`, or longer if `toleratedOutage` needs it
   */
  readonly visibilityTimeout?: Duration;

  /** How long the queue keeps a message; 1 minute to 14 days. @default Duration.days(4) */
  readonly retention?: Duration;

  /** How long both dead-letter queues keep a message; 1 minute to 14 days. @default Duration.days(14) */
  readonly deadLetterRetention?: Duration;

  /**
   * For how long what the function needs may fail, its own start included, before SQS moves messages to the dead-letter
   * queue. About 35 hours take the 1,000 receives that SQS counts.
   * @default Duration.days(1)
   */
  readonly toleratedOutage?: Duration;

  /**
   * Receives after which SQS moves a message to the dead-letter queue, whatever the runtime thinks; at most 1,000. Past
   * a quarter of them the runtime spreads what is left over the retention, so fewer make retries slower.
   * @default - 1,000, or as many as come before the retention where no function gets hold of the message
   */
  readonly maxReceiveCount?: number;

  /**
   * What becomes of an event that is poison: a permanent error, a conflict, its attempts used up. `quarantine` copies it
   * to the dead-letter queue, and its group goes on. `block` leaves it in its queue, and its group waits behind it, in
   * order, until a fixed deployment applies it or an operator skips it; an alarm rings meanwhile. A body that is no event
   * never blocks.
   * @default quarantine
   */
  readonly onPoison?: OnPoison;

  /**
   * What becomes of the queues and logs when their stack is deleted.
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE, so that only a first deployment that fails removes them
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * A customer managed key that encrypts the three queues and the function's environment variables. The consumer's function
   * may use it, and SNS for topics of the topic's account. Tables and logs are not encrypted with it; give an `EventTopic`
   * its own `encryptionKey`.
   * @default - keys that AWS holds, without a price
   */
  readonly encryptionKey?: IKey;

  /**
   * That the policy of an imported `encryptionKey` lets SNS use the key. The CDK cannot change the policy of such a key, and
   * without this statement SNS can deliver neither to the queue nor to its dead-letter queue, so events are lost:
   * ```json
   * { "Effect": "Allow", "Principal": { "Service": "sns.amazonaws.com" },
   *   "Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Resource": "*",
   *   "Condition": { "StringEquals": { "aws:SourceAccount": "<the topic's account>" } } }
   * ```
   * @default false, so that synthesis fails for an imported key
   */
  readonly keyPolicyIsMine?: boolean;

  /**
   * The VPC of the function. It has to reach DynamoDB, SQS and whatever the handler calls: by endpoints or a NAT gateway.
   * @default - none
   */
  readonly vpc?: IVpc;

  /** Subnets of `vpc`. @default - its private subnets */
  readonly vpcSubnets?: SubnetSelection;

  /** Security groups in `vpc`. @default - one of the function's own, which lets everything out */
  readonly securityGroups?: ISecurityGroup[];

  /** The function's processor. @default Architecture.ARM_64, a fifth cheaper */
  readonly architecture?: Architecture;

  /** Layers of the function. @default - none */
  readonly layers?: ILayerVersion[];

  /** X-Ray traces of the function. @default - none */
  readonly tracing?: Tracing;

  /**
   * Options for esbuild. They go before those of the construct, with three exceptions: the format stays an ES module, a
   * banner follows that of the construct, and `--alias` of `esbuildArgs` is added to.
   * @default - minified, with a source map and the AWS SDK inside
   */
  readonly bundling?: BundlingOptions;

  /**
   * The lock file of the handler's project, if there are several, as in a monorepo.
   * @default - the only one in the nearest folder that has one, from the working folder upwards
   */
  readonly depsLockFilePath?: string;
}
