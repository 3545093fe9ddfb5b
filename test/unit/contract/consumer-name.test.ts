import { checkConsumerName } from '../../../contract/event/consumer-name.ts';

test.each([
  'bookings',
  'a',
  'Bulk_orders-2',
  'x'.repeat(64),
])('accepts "%s" as the name of a consumer', (name) => {
  expect(() => checkConsumerName('consumerName', name)).not.toThrow();
});

test.each([
  ['', '""'],
  ['a b', '"a b"'],
  ['a#b', '"a#b"'],
  ['été', '"été"'],
  ['a\n', '"a\\n"'],
  ['x'.repeat(65), `"${'x'.repeat(65)}"`],
  [undefined, 'undefined'],
  [7, '7'],
])('refuses %j as the name of a consumer, and says which names are valid', (name, given) => {
  expect(() => checkConsumerName('consumerName', name)).toThrow(
    `consumerName is ${given}; it must be 1 to 64 letters, digits, "-" and "_"`,
  );
});
