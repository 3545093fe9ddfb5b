import type { CloudEvent } from '../../contract/event/event-parser.ts';
import type { Guarantee, HandlerKind, Handlers } from '../guarantees/guarantee.ts';
import type { ConsumerDependencies } from '../ports/dependencies.ts';
import type { Warn } from '../ports/output.ts';
import type { GuaranteeName } from '../ports/record-store.ts';
import type { CommonFailure } from './common-failure.ts';
import type { Disposition } from './disposition.ts';
import type { Message } from './sqs-message.ts';

/**
 * Logs how the delivery of a message ended, and has the message deleted, or its group hidden. Never rejects.
 * @returns Whether the message is settled, so that its group goes on.
 */
export type Finish = (message: Message<CloudEvent>, disposition: Disposition) => Promise<boolean>;

/** What every delivery of one invocation works with. */
export interface DeliveryContext {
  readonly consumer: string;
  readonly guarantee: Guarantee<HandlerKind>;
  /** Guarantees that the consumer had before. */
  readonly formerly: readonly GuaranteeName[];
  readonly dependencies: ConsumerDependencies;
  /** Milliseconds since the epoch: when the invocation began. */
  readonly startedAt: number;
  /** Milliseconds since the epoch: when the invocation ends. */
  readonly endsAt: number;
  /** Milliseconds since the epoch: no new request begins after it. */
  readonly deadlineAt: number;
  readonly commonFailure: CommonFailure;
  /** Logs what went wrong and changes no outcome. */
  readonly warn: Warn;
  readonly finish: Finish;
}

/** The same, with the handler that the events are for. */
export interface HandlerContext<Event extends CloudEvent, Kind extends HandlerKind> extends DeliveryContext {
  readonly guarantee: Guarantee<Kind>;
  readonly handle: Handlers<Event>[Kind];
  /** Message groups that are committed one by one for the rest of this invocation. */
  readonly groupsNotFolding: Set<string>;
}
