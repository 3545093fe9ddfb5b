import fc from 'fast-check';
import type { OrderEvent } from '../../../contract/orders/order-event.ts';
import { anOrder } from '../../support/orders.ts';
import { texts } from './hostile.ts';

const wellFormed = texts.map((text) => text.toWellFormed());
const filled = wellFormed.filter((text) => text !== '');
/** What is part of a key, which has 2,048 bytes. */
const short = filled.map((text) => text.slice(0, 100).toWellFormed());

/** CloudEvents allows no control characters and noncharacters in attributes. */
const allowed = wellFormed.map((text) => text.replace(/[\p{Cc}\p{Noncharacter_Code_Point}]/gu, ''));
const filledAttribute = allowed.filter((text) => text !== '');
const shortAttribute = filledAttribute.map((text) => text.slice(0, 100).toWellFormed());
const sources = fc
  .tuple(fc.constantFrom('', '/', 'urn:x:', 'https://a.example/'), short, fc.constantFrom('', '#', '?#'))
  .map(([start, text, end]) => `${start}${encodeURIComponent(text)}${end}`);

const amounts = fc.oneof(
  fc.integer(),
  fc.integer().map((cents) => cents / 100),
  fc.constantFrom(0, -0, 1e21, 5e-7, 1e125, -1e-130, 9007199254740991),
);

const lines = fc.array(
  fc.record(
    { sku: filled, description: wellFormed, quantity: amounts, unitPrice: amounts },
    { requiredKeys: ['sku', 'quantity', 'unitPrice'] },
  ),
  { maxLength: 3 },
);

/** Orders that are valid, however strange; `id` makes them different. */
export function orders(id: fc.Arbitrary<string> = shortAttribute): fc.Arbitrary<OrderEvent> {
  const order = fc.record({
    id,
    source: sources,
    subject: filledAttribute,
    type: fc.constantFrom('order.placed' as const, 'order.cancelled' as const),
    partitionkey: filled,
    sequence: fc.stringMatching(/^[0-9]{1,38}$/),
    time: fc.constantFrom('2026-01-01T00:00:00Z', '2026-01-01t00:00:00.123456789-12:34'),
    lines,
    total: amounts,
    extension: fc.oneof(allowed, fc.constantFrom(null, true, -(2 ** 31))),
    member: fc.oneof(wellFormed, fc.constantFrom(null, true, [[]], { constructor: 1, toString: {} })),
  });
  return order.map(({ lines, total, extension, member, ...over }) =>
    anOrder(
      { ...over, extension } as Partial<OrderEvent>,
      { lines, total, member } as Partial<OrderEvent['data']>,
    ),
  );
}
