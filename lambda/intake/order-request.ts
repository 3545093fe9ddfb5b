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

/** The client's names for the event's attributes. The intake makes all other attributes. */
const clientNames: readonly (readonly [RegExp, string])[] = [
  [/^partitionkey\b/, 'account'],
  [/^subject\b/, 'order.orderId'],
  [/^data\b/, 'order'],
];

/**
 * Makes the event of a request only from its caller, key and body, so the same request is always the same event.
 *
 * @throws Problem 400 that names the wrong part in the client's terms.
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

/** @param worded Translates a field into the client's name. Fields of the body keep their names. */
function refusing<T>(read: () => T, worded = (field: string) => field): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof InvalidEventError)) throw cause;
    const { field, message } = cause;
    if (field === undefined) throw new Problem(400, cause.code, truncate(message), { cause });
    // The client chooses names and values, and Lambda drops an answer that is too large.
    const detail = truncate(message.replace(field, () => worded(field)));
    throw new Problem(400, cause.code, detail, { cause, field: truncate(worded(field)) });
  }
}

/** Refuses unknown members: they are mistakes, and would be lost, because the event has no place for them. */
function readMembers(body: string): Readonly<Record<string, unknown>> {
  const value = parseExactJson(body);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidEventError('INVALID_EVENT', 'The body must be a JSON object');
  }
  const unknown = Object.keys(value).find((name) => !members.includes(name));
  if (unknown !== undefined) {
    const field = path([unknown]);
    throw new InvalidEventError('INVALID_EVENT', `${field}: unknown; use ${members.join(', ')}`, field);
  }
  return value as Readonly<Record<string, unknown>>;
}

function inClientsWords(field: string): string {
  const name = clientNames.find(([pattern]) => pattern.test(field));
  return name === undefined ? field : field.replace(name[0], name[1]);
}
