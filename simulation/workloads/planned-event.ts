import type { OrderEvent } from '../../contract/orders/order-event.ts';
import type { FaultKind } from '../world/faults.ts';

/** An order that a client sends by HTTP. */
export interface PlannedRequest {
  /** As the intake's authorizer names who calls. */
  readonly userId: string;
  /** Its Idempotency-Key. */
  readonly key: string;
  readonly body: string;
}

/** Why a consumer's handler, or its parser, does not do what it should, until it is mended. */
export type Trouble =
  | 'fails'
  | 'refuses'
  | 'deaf'
  | 'kills'
  | 'kills its parser'
  | 'refuses in its parser'
  | 'fails in its parser';

/** Those of a parser. */
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
  /** How often it shows. */
  readonly times: number;
  /** How many calls go well before. @default 0 */
  readonly after?: number;
}

/** Something that is sent besides the events, in ms after the start. */
export interface Extra {
  readonly kind: FaultKind;
  readonly at: number;
  readonly body: string;
  readonly group: string;
  /** None where the topic makes it from the body. */
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
  /** Its place in the plan: what shrinking leaves out. */
  readonly index: number;
  readonly event: OrderEvent;
  /** How a client sends it; absent for one that the publisher reads. */
  readonly request?: PlannedRequest | undefined;
  /** How long after the event before it the publisher reads it, in ms. */
  readonly gap: number;
  /** By consumer. */
  readonly troubles: ReadonlyMap<string, PlannedTrouble>;
  readonly extras: readonly Extra[];
}
