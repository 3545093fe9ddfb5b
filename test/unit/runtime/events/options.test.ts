import * as v from 'valibot';
import { type ConsumerOptions, createConsumer, exactlyOnce } from '../../../../runtime/index.ts';
import { fakeWiring } from '../../../support/wiring.ts';

const options = {
  name: 'bookings',
  events: { 'seat.booked': v.object({}) },
  guarantee: exactlyOnce(),
  handle: () => [],
};
const create = (over: object) =>
  createConsumer({ ...options, ...over } as ConsumerOptions<'effects', typeof options.events>, fakeWiring());

// esbuild checks no types, so wrong options get here.
it.each([
  ['neither events nor a parser', { events: undefined }, '"events" or "parse", and neither is given'],
  ['events and a parser', { parse: () => ({}) }, '"events" or "parse", and both are given'],
  ['no types', { events: {} }, 'events is an object with []; it must name at least one type'],
  ['null for its events', { events: null }, 'events is null; it must name'],
  ['a type without a schema', { events: { a: {} } }, 'events: what stands for "a" is no Standard Schema'],
  [
    'a parser that cannot be called',
    { events: undefined, parse: {} },
    'parse is an object with []; it must be a function',
  ],
  [
    'types to ignore beside a parser',
    { events: undefined, parse: () => ({}), ignore: [] },
    'ignore needs "events"',
  ],
  [
    'one type to ignore that is no list',
    { ignore: 'seat.released' },
    "ignore is seat.released; it must be a list of types, or 'others'",
  ],
  [
    'a type both taken and ignored',
    { ignore: ['seat.booked'] },
    'ignore names "seat.booked", which is in "events"',
  ],
  ['no handler', { handle: undefined }, 'handle is undefined; it must be a function'],
  [
    'a fingerprint that cannot be called',
    { fingerprint: 'sha' },
    'fingerprint is sha; it must be a function',
  ],
  ['no guarantee', { guarantee: undefined }, 'guarantee is undefined; it must be exactlyOnce()'],
  ['a guarantee that was not called', { guarantee: exactlyOnce }, 'it must be exactlyOnce()'],
  ['a concurrency of 0', { concurrency: 0 }, 'concurrency is 0; it must be a whole number of 1 or more'],
])('createConsumer refuses %s, and names the option and the fix', (_, over, message) => {
  expect(() => create(over)).toThrow(
    expect.objectContaining({ code: 'CONFIGURATION', message: expect.stringContaining(message) }),
  );
});

it('createConsumer accepts complete options', () => {
  expect(create({})).toBeInstanceOf(Function);
});
