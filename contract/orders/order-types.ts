/** How the consumers act on an event of a type. */
export interface OrderType {
  /** The attribute `status` of the order in the table `orders`. */
  readonly status: string;
  /** Whether `billing` charges the order's total. */
  readonly isCharged: boolean;
  /** The first words of the mail that `notifications` sends, before the order's id; absent if it sends none. */
  readonly mail?: string;
}

/** The event types of orders. To add a type, add a line here. */
export const orderTypes = {
  'order.placed': { status: 'placed', isCharged: true, mail: 'Thank you for your order' },
  'order.cancelled': { status: 'cancelled', isCharged: false },
} as const satisfies Readonly<Record<string, OrderType>>;

export type OrderTypeName = keyof typeof orderTypes;

export const orderTypeNames = Object.keys(orderTypes) as readonly OrderTypeName[];

/** How the consumers act on an event of this type. */
export function orderTypeOf({ type }: { readonly type: OrderTypeName }): OrderType {
  return orderTypes[type];
}
