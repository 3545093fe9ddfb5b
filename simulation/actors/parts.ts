import type { StandardSchemaV1 } from '@standard-schema/spec';
import { InvalidEventError } from '../../contract/errors.ts';
import type { ReceivedMessage } from '../../contract/event/event-parser.ts';
import { type OrderEvent, parseOrderEvent } from '../../contract/orders/order-event.ts';
import { mailOrder } from '../../lambda/mail/mail-order.ts';
import { applyOrder, orderTables } from '../../lambda/order/apply-order.ts';
import { chargeOrder } from '../../lambda/payment/charge-order.ts';
import {
  atLeastOnce,
  atMostOnce,
  type ExternalContext,
  exactlyOnce,
  type GuaranteeName,
  PermanentError,
} from '../../runtime/index.ts';
import { lackingAttributes } from '../broker/produced-attributes.ts';
import { firstIdOf } from '../oracle/record-key.ts';
import type { MailSystem } from '../outside/mail-system.ts';
import type { Trouble } from '../workloads/planned-event.ts';
import { actAs } from '../world/acting.ts';
import type { VirtualProcess } from '../world/virtual-process.ts';
import type { World } from '../world/world.ts';
import { mailGuarantee } from './mail-guarantee.ts';
import { isCharged, isMailed, leaveInOutbox, outboxKeys } from './outbox.ts';
import type { Part } from './part.ts';

export const consumerNames = ['fulfilment', 'billing', 'notifications'] as const;
export type ConsumerName = (typeof consumerNames)[number];

export const tableKeys = {
  orders: ['orderId'],
  ledger: ['account'],
  customers: ['account'],
  ...outboxKeys,
} as const;

/**
 * The possible guarantees of each consumer, its own first. A provider with idempotency keys charges once under any of
 * them. A mail system without keys may mail twice under at-least-once, which is not an error.
 */
export const deployableAs: Readonly<Record<ConsumerName, readonly [GuaranteeName, ...GuaranteeName[]]>> = {
  fulfilment: ['exactly-once'],
  billing: ['at-least-once', 'at-most-once', 'exactly-once'],
  notifications: ['at-most-once', 'exactly-once'],
};

export interface PartOptions {
  readonly guarantee: GuaranteeName;
  readonly mails: MailSystem;
  /** How long the provider remembers a key, in ms. */
  readonly providerMemory: number;
}

/**
 * The project's handlers with a simulated provider and mail system. Exactly-once needs a handler that returns effects,
 * so a deployment that changes the guarantee to it also changes the handler.
 */
export function partOf(
  name: ConsumerName,
  process: VirtualProcess,
  world: World,
  { guarantee, mails, providerMemory }: PartOptions,
): Part {
  switch (name) {
    case 'fulfilment':
      return { guarantee: exactlyOnce(), tables: orderTables, handle: applyOrder };
    case 'billing':
      if (guarantee === 'exactly-once')
        return { guarantee: exactlyOnce(), handle: leaveInOutbox(name, isCharged) };
      return {
        guarantee:
          guarantee === 'at-most-once' ? atMostOnce() : atLeastOnce({ providerKeyRetention: providerMemory }),
        handle: chargeOrder('https://payments.test/charges'),
      };
    case 'notifications':
      if (guarantee === 'exactly-once')
        return { guarantee: exactlyOnce(), handle: leaveInOutbox(name, isMailed) };
      return {
        guarantee: mailGuarantee(process, world),
        handle: mailOrder({ from: 'orders@shop.test', domain: 'shop.test', client: mails.seenBy(process) }),
      };
  }
}

/** The type that `notifications` ignores for a while. It sends no mail for it. */
const ignored = 'order.cancelled';

const unchanged: StandardSchemaV1 = {
  '~standard': { version: 1, vendor: 'simulation', validate: (value) => ({ value }) },
};

/** Replaces the parser of a part by `events` and a `key`. @param ignores Whether it ignores cancellations. */
export function withOptions({ parse: _, ...part }: Part, ignores: boolean): Part {
  const events = { 'order.placed': unchanged, ...(!ignores && { [ignored]: unchanged }) };
  const options = { events, key: firstIdOf, ...(ignores && { ignore: [ignored] }) };
  return { ...part, ...options };
}

export interface Surveillance {
  begins(event: OrderEvent, context: ExternalContext | undefined): void;
  ends(event: OrderEvent): void;
  keyOf(event: OrderEvent): string;
  /** The current trouble of the handler with this event; with `body`, of the parser. */
  trouble(event: OrderEvent, body?: string): Trouble | undefined;
}

/** Wraps a part: it is observed, and it fails where the plan says so. */
export function watched(part: Part, world: World, process: VirtualProcess, watch: Surveillance): Part {
  const handle = part.handle as (event: OrderEvent, context?: ExternalContext) => unknown;
  const run = async (event: OrderEvent, context?: ExternalContext) => {
    watch.begins(event, context && 'signal' in context ? context : undefined);
    const key = watch.keyOf(event);
    try {
      const trouble = watch.trouble(event);
      if (trouble === 'fails') throw new Error('a field that nobody expected');
      if (trouble === 'refuses') throw new PermanentError('an order that cannot be');
      if (trouble === 'kills') process.end('is killed by its message', key);
      if (trouble === 'deaf' || trouble === 'kills') await new Promise(() => {});
      // Identifies the process of the calls that a handler makes synchronously.
      return await actAs(process, world, () => handle(event, context));
    } finally {
      watch.ends(event);
    }
  };
  const parse = ({ body, attributes }: ReceivedMessage) => {
    const lacking = lackingAttributes(body, attributes);
    if (lacking.length > 0)
      world.violated(`a parser got a message without its attributes ${lacking.join(', ')}`);
    const event = parseOrderEvent({ body });
    const trouble = watch.trouble(event, body);
    if (trouble === undefined) return event;
    if (trouble === 'refuses in its parser') throw new InvalidEventError('INVALID_EVENT', 'type: no more');
    if (trouble === 'fails in its parser') throw new TypeError('a field that was renamed');
    process.end('is killed by the parser of its message', watch.keyOf(event));
    throw new Error('of a process that is no more');
  };
  return { ...part, parse, handle: run } as Part;
}
