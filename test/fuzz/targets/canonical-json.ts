import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { canonicalJson } from '../../../contract/event/canonical-json.ts';
import { fingerprint } from '../../../contract/event/fingerprint.ts';
import { anOrder } from '../../support/orders.ts';
import { keys, texts } from '../inputs/hostile.ts';
import { isTakenBySqs } from '../oracles/sqs-limits.ts';
import { target } from '../target.ts';

const values = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.oneof(
      texts,
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.constantFrom(null, true, false, 0, -0, '', '0'),
    ),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(keys, tie('value')), { maxLength: 4 }).map(Object.fromEntries),
  ),
})).value;

/** Equal values have equal bytes, whatever the order of their keys; different ones have not. */
export const canonicalJsonTarget = target<[unknown, unknown]>({
  name: 'canonical-json',
  runs: 1_500,
  inputs: fc.oneof(
    fc.tuple(values, values),
    values.map((value): [unknown, unknown] => [value, { value }]),
    fc
      .tuple(texts, texts, values)
      .map(([a, b, value]): [unknown, unknown] => [
        Object.fromEntries([[a, value]]),
        Object.fromEntries([[b, value]]),
      ]),
  ),
  check: ([one, other]) => {
    const bytes = canonicalJson(one);
    assert.equal(canonicalJson(turned(one)), bytes);
    assert.deepEqual(plain(JSON.parse(bytes)), plain(one));
    assert.ok(isTakenBySqs(bytes), 'SQS would change it');

    const areEqual = isDeepStrictEqual(plain(one), plain(other));
    assert.equal(canonicalJson(other) === bytes, areEqual);
    const [first, second] = [one, other].map((note) => anOrder({}, { note } as object));
    assert.ok(first && second);
    assert.equal(fingerprint(first) === fingerprint(second), areEqual);
    const [extended, another] = [one, other].map((note) => ({ ...first, note }) as object as typeof first);
    assert.ok(extended && another);
    assert.equal(fingerprint(extended) === fingerprint(another), areEqual);
    assert.equal(
      fingerprint({ ...first, time: '2026-01-01T00:00:00Z', traceparent: other } as object as typeof first),
      fingerprint(first),
    );
  },
});

/** The same, with every object's keys in the opposite order. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, turned(member)]),
  );
}

/** The same, with the zero that JSON has. */
function plain(value: unknown): unknown {
  if (value === 0) return 0;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)]));
}
