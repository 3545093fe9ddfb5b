import type { CloudEvent } from '../../contract/event/event-parser.ts';
import type { Guarantee, HandlerKind, Handlers } from '../guarantees/guarantee.ts';
import type { ConsumerDependencies } from '../ports/dependencies.ts';
import type { Warn } from '../ports/output.ts';
import type { GuaranteeName } from '../ports/record-store.ts';
import type { CommonFailure } from './common-failure.ts';
import type { Disposition } from './disposition.ts';
import type { Message } from './sqs-message.ts';

/**
 * Logs the outcome of a delivery, and has the message deleted or its group hidden. Never rejects.
 * @returns Whether the message is settled, so that its group continues.
 */
export type Finish = (message: Message<CloudEvent>, disposition: Disposition) => Promise<boolean>;

/** The context of all deliveries of one invocation. */
export interface DeliveryContext {
  readonly consumer: string;
  readonly guarantee: Guarantee<HandlerKind>;
  /** The guarantees that the consumer had before. */
  readonly formerly: readonly GuaranteeName[];
  readonly dependencies: ConsumerDependencies;
  /** Milliseconds since the epoch: start of the invocation. */
  readonly startedAt: number;
  /** Milliseconds since the epoch: end of the invocation. */
  readonly endsAt: number;
  /** Milliseconds since the epoch: no new request starts after it. */
  readonly deadlineAt: number;
  readonly commonFailure: CommonFailure;
  /** Logs a failure that changes no outcome. */
  readonly warn: Warn;
  readonly finish: Finish;
}

/** The same context with the handler of the events. */
export interface HandlerContext<Event extends CloudEvent, Kind extends HandlerKind> extends DeliveryContext {
  readonly guarantee: Guarantee<Kind>;
  readonly handle: Handlers<Event>[Kind];
  /** Message groups that are committed one by one for the rest of this invocation. */
  readonly groupsNotFolding: Set<string>;
}
