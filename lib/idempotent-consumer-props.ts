import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { OnPoison } from '../contract/policies/poison-policy.ts';
import type { EventTopic } from './event-topic.ts';
import type { RecordTable } from './record-table.ts';

export interface IdempotentConsumerProps {
  /** Where the events come from. */
  readonly topic: EventTopic;

  /** Where the consumer keeps which events it applied. Consumers may share one table. */
  readonly records: RecordTable;

  /** The file that exports `handler`, made by `createConsumer` of `order-once/runtime`. */
  readonly entry: string;

  /** Environment variables of the function, beside those that the construct sets itself. @default - none */
  readonly environment?: Readonly<Record<string, string>>;

  /** How long one invocation may take, for a whole batch; at most 15 minutes. @default Duration.seconds(30) */
  readonly timeout?: Duration;

  /** Memory of the function in MiB; Lambda gives CPU in proportion. @default 512 */
  readonly memorySize?: number;

  /** Messages that one invocation gets; 1 to 10, the most that Lambda takes from a FIFO queue. @default 10 */
  readonly batchSize?: number;

  /** Invocations at the same time; 2 to 1,000. @default - as many as there are message groups */
  readonly maxConcurrency?: number;

  /**
   * How long a received message stays hidden. At least six times `timeout`, or a second function gets the message
   * while the first is at work.
   * @default - six times `timeout`, or longer if `toleratedOutage` needs it
   */
  readonly visibilityTimeout?: Duration;

  /** How long the queue keeps a message; at most 14 days. @default Duration.days(4) */
  readonly retention?: Duration;

  /** How long both dead-letter queues keep a message; at most 14 days. @default Duration.days(14) */
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
   * order, until a deployment heals it or an operator skips it; an alarm rings meanwhile. A body that is no event never
   * blocks.
   * @default quarantine
   */
  readonly onPoison?: OnPoison;

  /**
   * What becomes of the queues and logs when their stack is deleted.
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE, so that only a first deployment that fails removes them
   */
  readonly removalPolicy?: RemovalPolicy;
}
