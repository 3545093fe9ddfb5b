import type { OrderEvent } from '../../../contract/order-event.ts';
import { mailOrder } from '../../../lambda/mail/mail-order.ts';
import { applyOrder } from '../../../lambda/order/apply-order.ts';
import { chargeOrder } from '../../../lambda/payment/charge-order.ts';
import { atLeastOnce, type ExternalContext, exactlyOnce, PermanentError } from '../../../runtime/index.ts';
import type { MailSystem } from '../outside/mail-system.ts';
import type { Trouble } from '../workloads/plan.ts';
import type { VirtualProcess } from '../world/virtual-process.ts';
import type { World } from '../world/world.ts';
import { mailGuarantee } from './mail-guarantee.ts';
import type { Part } from './part.ts';

export const consumerNames = ['fulfilment', 'billing', 'notifications'] as const;
export type ConsumerName = (typeof consumerNames)[number];

export const tableKeys = { orders: ['orderId'], ledger: ['account'], customers: ['account'] } as const;

/** The handlers of the project, as they are deployed, with a provider and a mail system that are simulated. */
export function partOf(
  name: ConsumerName,
  process: VirtualProcess,
  world: World,
  { mails, providerMemory }: { readonly mails: MailSystem; readonly providerMemory: number },
): Part {
  switch (name) {
    case 'fulfilment': {
      const tables = { orders: 'orders', ledger: 'ledger', customers: 'customers' };
      return { guarantee: exactlyOnce(), handle: applyOrder(tables) };
    }
    case 'billing':
      return {
        guarantee: atLeastOnce({ providerKeyRetention: providerMemory }),
        handle: chargeOrder('https://payments.test/charges'),
      };
    case 'notifications':
      return {
        guarantee: mailGuarantee(process, world),
        handle: mailOrder({ from: 'orders@shop.test', domain: 'shop.test', client: mails.seenBy(process) }),
      };
  }
}

export interface Surveillance {
  begins(event: OrderEvent, context: ExternalContext | undefined): void;
  ends(event: OrderEvent): void;
  keyOf(event: OrderEvent): string;
  /** What is wrong with the handler for this event, right now. */
  trouble(event: OrderEvent): Trouble | undefined;
}

/** The same part, watched, and in trouble where the plan says so. */
export function watched(part: Part, world: World, process: VirtualProcess, watch: Surveillance): Part {
  const handle = part.handle as (event: OrderEvent, context?: ExternalContext) => unknown;
  const run = async (event: OrderEvent, context?: ExternalContext) => {
    watch.begins(event, context);
    const key = watch.keyOf(event);
    try {
      const trouble = watch.trouble(event);
      if (trouble === 'fails') throw new Error('a field that nobody expected');
      if (trouble === 'refuses') throw new PermanentError('an order that cannot be');
      if (trouble === 'kills') process.end('is killed by its message', key);
      if (trouble === 'deaf' || trouble === 'kills') await new Promise(() => {});
      // What a handler calls at once knows by this whose call it is.
      world.acting = process;
      let result: unknown;
      try {
        result = handle(event, context);
      } finally {
        world.acting = undefined;
      }
      return await result;
    } finally {
      watch.ends(event);
    }
  };
  return { guarantee: part.guarantee, handle: run } as Part;
}
