import { canonicalJson } from '../../contract/event/canonical-json.ts';
import { sha256 } from '../../contract/event/identity.ts';
import type { OrderEvent } from '../../contract/orders/order-event.ts';
import { anOrderBody } from '../../test/support/http.ts';
import type { FaultKind } from '../world/faults.ts';
import type { Prng } from '../world/prng.ts';
import type { Extra, PlannedEvent, PlannedRequest } from './planned-event.ts';

/** An event that a client sends as a request. */
export interface Order extends PlannedEvent {
  readonly request: PlannedRequest;
}

export function isOrder(planned: PlannedEvent): planned is Order {
  return planned.request !== undefined;
}

/** Start of the `source` of every event of the intake. The hash of the caller follows it. */
export const intakeSource = 'urn:order-once:intake:';

/** The request for an event. */
export function requestOf({ type, partitionkey, sequence, data }: OrderEvent, index: number): PlannedRequest {
  const body = anOrderBody({ account: partitionkey, sequence, type }, data);
  return { userId: `AIDA${partitionkey}`, key: `key-${index}`, body: JSON.stringify(body) };
}

/** The event that the intake must make of the request. Calculated without the intake's code. */
export function eventOf(ordered: OrderEvent, { userId, key }: PlannedRequest): OrderEvent {
  const caller = `iam:${userId}`;
  return {
    ...ordered,
    id: sha256(canonicalJson([caller, key])),
    source: `${intakeSource}${sha256(caller)}`,
  };
}

/** Additional requests after the event was published: the same request, and another order under its key. */
export function requestExtras(
  ordered: OrderEvent,
  { body, key }: PlannedRequest,
  twisted: (kind: FaultKind) => boolean,
  random: Prng,
): Extra[] {
  const group = ordered.partitionkey;
  const extras: Extra[] = [];
  if (twisted('request repeated')) {
    extras.push({ kind: 'request repeated', at: random.below(1_200_000), body, group });
  }
  if (twisted('key used again')) {
    const data = { ...ordered.data, total: ordered.data.total + 1 };
    const other = requestOf({ ...ordered, data }, Number(key.slice('key-'.length))).body;
    extras.push({ kind: 'key used again', at: random.below(30_000), body: other, group });
  }
  return extras;
}
