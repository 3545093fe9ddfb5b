import type { Clock } from '../../contract/clock.ts';
import type { DeployedTables } from '../../contract/environment.ts';
import type { OnPoison } from '../../contract/policies/poison-policy.ts';
import type { Random } from '../../contract/random.ts';
import type { Output } from './output.ts';
import type { Acknowledgements, DeadLetterQueue, VisibilityTimeouts } from './queues.ts';
import type { EffectStore } from './record-store.ts';

/** All external dependencies of a consumer. */
export interface ConsumerDependencies {
  /** The store of a guarantee without its own store. */
  readonly store: EffectStore;
  /** The tables of effects, by their names in `createConsumer`. @default - the declared name is the name in DynamoDB */
  readonly tables?: DeployedTables;
  readonly deadLetters: DeadLetterQueue;
  readonly visibility: VisibilityTimeouts;
  readonly acknowledgements: Acknowledgements;
  /** The queue's visibility timeout in seconds. No lease may last longer. */
  readonly visibilityTimeoutSeconds: number;
  /** The queue's retention in seconds, after which SQS deletes a message. */
  readonly queueRetentionSeconds: number;
  /** Number of receives after which SQS moves a message to the dead-letter queue. */
  readonly maxReceiveCount: number;
  readonly onPoison: OnPoison;
  /** How long a completed record is valid, in seconds. */
  readonly recordTtlSeconds: number;
  /**
   * Milliseconds since the epoch: something else applied the events before it. @default - the consumer has no past: an
   * event without a record was never applied
   */
  readonly historyFrom?: number;
  /** The metrics' dimension `Service`: the name of the stack. @default - the metrics have no such dimension */
  readonly service?: string;
  /** Key of the hashes that stand for message groups in log lines. @default - log lines have the groups themselves */
  readonly logGroupKey?: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly output: Output;
  /** Ends the process, so that pending work cannot continue. Returns only in tests. */
  readonly endProcess: () => void;
}
