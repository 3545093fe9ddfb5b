import type { DeliveryLog } from '../../contract/delivery-log.ts';
import type { CloudEvent } from '../../contract/event/event-parser.ts';
import type { Guarantee, HandlerKind, Handlers } from '../guarantees/guarantee.ts';
import type { ConsumerDependencies } from '../ports/dependencies.ts';
import type { Warn } from '../ports/output.ts';
import type { CommonFailure } from './common-failure.ts';

export interface DeliveryOptions<Event extends CloudEvent, Kind extends HandlerKind> {
  readonly consumer: string;
  readonly guarantee: Guarantee<Kind>;
  readonly handle: Handlers<Event>[Kind];
  readonly dependencies: ConsumerDependencies;
  /** Milliseconds since the epoch: when the invocation began. */
  readonly startedAt: number;
  /** Milliseconds since the epoch: when the invocation ends. */
  readonly end: number;
  /** Milliseconds since the epoch: no new request begins after it. */
  readonly deadline: number;
  /** Logs what went wrong and changes no outcome. */
  readonly warn: Warn;
  /** Message groups that fold no more in this invocation. */
  readonly groupsNotFolding: Set<string>;
  readonly commonFailure: CommonFailure;
}

/** What a delivery works with that is not the handler's. */
export type DeliveryContext = Omit<DeliveryOptions<CloudEvent, HandlerKind>, 'handle' | 'unfolded'>;

/** How a delivery ended: the fields of its log line that depend on it. */
export type DeliveryResult = Pick<
  DeliveryLog,
  | 'outcome'
  | 'stale'
  | 'appliedWith'
  | 'leaseUntil'
  | 'retryAt'
  | 'attempts'
  | 'commonFailure'
  | 'foldFailure'
  | 'foldError'
  | 'recordId'
  | 'code'
  | 'reason'
  | 'field'
  | 'error'
>;
