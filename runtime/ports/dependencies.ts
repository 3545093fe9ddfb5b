import type { Clock } from '../../contract/clock.ts';
import type { DeployedTables } from '../../contract/environment.ts';
import type { OnPoison } from '../../contract/policies/poison-policy.ts';
import type { Random } from '../../contract/random.ts';
import type { Output } from './output.ts';
import type { Acknowledgements, DeadLetterQueue, VisibilityTimeouts } from './queues.ts';
import type { EffectStore } from './record-store.ts';

/** Everything outside of itself that a consumer works with. */
export interface ConsumerDependencies {
  /** The store of a guarantee that names none. */
  readonly store: EffectStore;
  /** The tables of effects, by the names under which `createConsumer` declares them. @default - a table's own name */
  readonly tables?: DeployedTables;
  readonly deadLetters: DeadLetterQueue;
  readonly visibility: VisibilityTimeouts;
  readonly acknowledgements: Acknowledgements;
  /** How long the queue hides a received message, in seconds: no lease may last longer. */
  readonly visibilityTimeoutSeconds: number;
  /** How long the queue keeps a message, in seconds; then SQS deletes it. */
  readonly queueRetentionSeconds: number;
  /** Receives after which SQS moves a message to the dead-letter queue. */
  readonly maxReceiveCount: number;
  readonly onPoison: OnPoison;
  /** How long a completed record counts, in seconds. */
  readonly recordTtlSeconds: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly output: Output;
  /** Ends the process, so that nothing that is pending can go on. Does not return, but in tests. */
  readonly endProcess: () => void;
}
