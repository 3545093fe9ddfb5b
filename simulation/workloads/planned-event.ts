import type { OrderEvent } from '../../contract/orders/order-event.ts';
import type { FaultKind } from '../world/faults.ts';

/** An order that a client sends by HTTP. */
export interface PlannedRequest {
  /** The caller, as the intake's authorizer names it. */
  readonly userId: string;
  /** The `Idempotency-Key` of the request. */
  readonly key: string;
  readonly body: string;
}

/** An error of a consumer's handler or parser, until it is fixed. */
export type Trouble =
  | 'fails'
  | 'refuses'
  | 'deaf'
  | 'kills'
  | 'kills its parser'
  | 'refuses in its parser'
  | 'fails in its parser';

/** The errors of a parser. */
export const parserTroubles: ReadonlySet<Trouble> = new Set([
  'kills its parser',
  'refuses in its parser',
  'fails in its parser',
]);

export const troubleKinds = {
  fails: 'handler fails',
  refuses: 'handler refuses',
  deaf: 'handler ignores its signal',
  kills: 'lethal message',
  'kills its parser': 'lethal body',
  'refuses in its parser': 'parser refuses',
  'fails in its parser': 'parser fails',
} as const satisfies Readonly<Record<Trouble, FaultKind>>;

export interface PlannedTrouble {
  readonly trouble: Trouble;
  /** Number of calls with this error. */
  readonly times: number;
  /** Number of successful calls before it. @default 0 */
  readonly after?: number;
}

/** A message that is sent in addition to the events. */
export interface Extra {
  readonly kind: FaultKind;
  /** Milliseconds after the first publication of its event. */
  readonly at: number;
  readonly body: string;
  readonly group: string;
  /** @default - the topic makes it from the body */
  readonly deduplicationId?: string;
}

/** Records of a later version of the consumers, which was rolled back before the run. */
export interface LaterVersion {
  /** Positions of the events that have such a record. */
  readonly events: readonly number[];
  readonly status: 'COMPLETED' | 'RETRYING';
  /** When the later version is deployed again, in ms after the start. */
  readonly until: number;
}

export interface PlannedEvent {
  /** Its position in the plan, by which shrinking leaves events out. */
  readonly index: number;
  readonly event: OrderEvent;
  /** The request of a client; absent if the publisher publishes the event. */
  readonly request?: PlannedRequest | undefined;
  /** Milliseconds between the previous event and this one. */
  readonly gap: number;
  /** By consumer. */
  readonly troubles: ReadonlyMap<string, PlannedTrouble>;
  readonly extras: readonly Extra[];
}
