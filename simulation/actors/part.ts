import type { EventParser } from '../../contract/event/event-parser.ts';
import type { OrderEvent } from '../../contract/orders/order-event.ts';
import type { orderTables } from '../../lambda/order/apply-order.ts';
import type { ConsumerOptions, Guarantee } from '../../runtime/index.ts';
import type { VirtualProcess } from '../world/virtual-process.ts';
import type { World } from '../world/world.ts';

type Options<Kind extends 'effects' | 'external'> = Pick<
  ConsumerOptions<Kind, never, OrderEvent, typeof orderTables>,
  'guarantee' | 'tables' | 'handle' | 'fingerprint'
> & { readonly parse?: EventParser<OrderEvent> };

/** A consumer's guarantee and handler, for one of its processes. */
export type Part = Options<'effects'> | Options<'external'>;

export type GuaranteeMaker = (process: VirtualProcess, world: World) => Guarantee<'external'>;
