import { InvalidEventError } from '../../contract/errors.ts';
import { canonicalJson } from '../../contract/event/canonical-json.ts';
import { parseExactJson, path } from '../../contract/event/exact-json.ts';
import { sha256 } from '../../contract/event/identity.ts';
import { type OrderEvent, parseOrderEvent } from '../../contract/orders/order-event.ts';
import { truncate } from '../../contract/truncate.ts';
import { Problem } from './problem.ts';

export interface OrderRequest {
  readonly caller: string;
  readonly key: string;
  readonly body: string;
}

const members = ['account', 'sequence', 'type', 'order'];

/** What the client calls the event's attributes; all others are the intake's own. */
const clientNames: readonly (readonly [RegExp, string])[] = [
  [/^partitionkey\b/, 'account'],
  [/^subject\b/, 'order.orderId'],
  [/^data\b/, 'order'],
];

/**
 * The event of a request, from its caller, key and body and from nothing else: the same request is the same event,
 * whenever it comes.
 *
 * @throws Problem 400 that names what is wrong in the client's words.
 */
export function orderEventOf({ caller, key, body }: OrderRequest): OrderEvent {
  const { account, sequence, type = 'order.placed', order } = refusing(() => readMembers(body));
  const event = {
    specversion: '1.0',
    id: sha256(canonicalJson([caller, key])),
    source: `urn:order-once:intake:${sha256(caller)}`,
    type,
    subject: (order as { orderId?: unknown } | null | undefined)?.orderId,
    partitionkey: account,
    sequence,
    data: order,
  };
  return refusing(() => parseOrderEvent({ body: canonicalJson(event) }), inClientsWords);
}

/** @param worded The name that the client knows a field by; the body's own fields have theirs. */
function refusing<T>(read: () => T, worded = (field: string) => field): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof InvalidEventError)) throw cause;
    const { field, message } = cause;
    if (field === undefined) throw new Problem(400, cause.code, truncate(message), { cause });
    // A client chooses its names and values, and an answer that is too large for Lambda is none.
    const detail = truncate(message.replace(field, () => worded(field)));
    throw new Problem(400, cause.code, detail, { cause, field: truncate(worded(field)) });
  }
}

/** A member that nobody knows is a mistake, and would be no part of the event. */
function readMembers(body: string): Readonly<Record<string, unknown>> {
  const value = parseExactJson(body);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidEventError('INVALID_EVENT', 'The body is JSON, but no object');
  }
  const unknown = Object.keys(value).find((name) => !members.includes(name));
  if (unknown !== undefined) {
    const field = path([unknown]);
    throw new InvalidEventError('INVALID_EVENT', `${field}: is none of ${members.join(', ')}`, field);
  }
  return value as Readonly<Record<string, unknown>>;
}

function inClientsWords(field: string): string {
  const name = clientNames.find(([pattern]) => pattern.test(field));
  return name === undefined ? field : field.replace(name[0], name[1]);
}
