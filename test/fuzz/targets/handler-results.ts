import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseOrderEvent } from '../../../contract/orders/order-event.ts';
import {
  atLeastOnce,
  atMostOnce,
  createConsumer,
  exactlyOnce,
  NotExecutedError,
  PermanentError,
} from '../../../runtime/index.ts';
import { anOrder } from '../../support/orders.ts';
import { remaining, sqsEvent, sqsRecord } from '../../support/sqs.ts';
import { fakeWiring } from '../../support/wiring.ts';
import { jsonTexts, texts } from '../inputs/hostile.ts';
import { checkTaken } from '../oracles/sqs-limits.ts';
import { target } from '../target.ts';

interface Ending {
  readonly guarantee: 'exactly-once' | 'at-least-once' | 'at-most-once';
  readonly how: 'returns' | 'throws';
  readonly what: unknown;
}

/** What throws at whoever looks at it, the report of a failed run too: so they go by name. */
const unfriendly: Readonly<Record<string, () => unknown>> = {
  undefined: () => undefined,
  symbol: () => Symbol('thrown'),
  function: () => () => 1,
  'no JSON': () => ({ toJSON: failing }),
  'no text': () => ({ toString: 1 }),
  'an error without text': () =>
    Object.assign(new Error('lost'), { name: { toString: 1 }, message: Symbol('lost') }),
  'no prototype': () => Object.create(null),
  'no members': () =>
    new Proxy({}, { get: failing, has: failing, ownKeys: failing, getPrototypeOf: failing }),
  promise: () => Promise.resolve([]),
  // biome-ignore lint/suspicious/noThenProperty: it is meant to be one.
  thenable: () => ({ then: failing }),
};

function failing(): never {
  throw new Error('Not for you');
}

class Unfriendly {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  get value(): unknown {
    return unfriendly[this.name]?.();
  }
}

const strange = fc.oneof(
  fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withSparseArray: true,
    withTypedArray: true,
  }),
  fc.constantFrom(...Object.keys(unfriendly)).map((name) => new Unfriendly(name)),
  texts.map((text) => new Error(text)),
  texts.map((text) => Object.assign(new Error(text), { name: text, code: text })),
  fc
    .tuple(texts, fc.oneof(fc.double(), jsonTexts))
    .map(([text, retryAfter]) => new NotExecutedError(text, { retryAfter: retryAfter as number })),
  texts.map((text) => new PermanentError(text)),
);

/** Whatever a handler returns or throws, its message is settled or given back, and what is said of it has a length. */
export const handlerResults = target<Ending>({
  name: 'handler-results',
  runs: 800,
  inputs: fc.record({
    guarantee: fc.constantFrom('exactly-once' as const, 'at-least-once' as const, 'at-most-once' as const),
    how: fc.constantFrom('returns' as const, 'throws' as const),
    what: strange,
  }),
  check: async ({ guarantee, how, what: given }) => {
    const what = given instanceof Unfriendly ? given.value : given;
    let calls = 0;
    const handle = () => {
      calls += 1;
      if (how === 'throws') throw what;
      return what as never;
    };
    const wiring = fakeWiring();
    const options = { name: 'fuzzed', parse: parseOrderEvent, handle };
    const external =
      guarantee === 'at-most-once' ? atMostOnce() : atLeastOnce({ providerKeyRetention: 1e12 });
    const consumer =
      guarantee === 'exactly-once'
        ? createConsumer({ ...options, guarantee: exactlyOnce() }, wiring)
        : createConsumer({ ...options, guarantee: external }, wiring);
    const { batchItemFailures } = await consumer(sqsEvent(sqsRecord(anOrder())), remaining());
    const [ending] = wiring.logged;
    assert.equal(calls, 1);
    assert.equal(batchItemFailures.length, ending?.outcome === 'failed' ? 1 : 0);
    assert.ok(JSON.stringify(ending).length < 32_000, 'a long line');
    assert.equal(wiring.letters.length, ending?.outcome === 'poison' ? 1 : 0);
    for (const letter of wiring.letters) checkTaken(letter);
    for (const { seconds } of wiring.hidden)
      assert.ok(Number.isInteger(seconds) && seconds >= 0 && seconds <= 43_200);
    if (how === 'throws') assert.notEqual(ending?.outcome, 'applied');
    else if (guarantee !== 'exactly-once' && (await canBeAwaited(what)))
      assert.equal(ending?.outcome, 'applied');
  },
});

/** A handler whose result throws while it is awaited has thrown. */
async function canBeAwaited(value: unknown): Promise<boolean> {
  try {
    await value;
    return true;
  } catch {
    return false;
  }
}
