import assert from 'node:assert/strict';
import fc from 'fast-check';
import { InvalidEventError } from '../../../contract/errors.ts';
import { canonicalJson } from '../../../contract/event/canonical-json.ts';
import { path } from '../../../contract/event/exact-json.ts';
import { fingerprint } from '../../../contract/event/fingerprint.ts';
import { type OrderEvent, parseOrderEvent } from '../../../contract/orders/order-event.ts';
import { bodies, largeBodies } from '../inputs/hostile.ts';
import { type Mutant, mutantsOf } from '../inputs/mutants.ts';
import { orders } from '../inputs/orders.ts';
import { isOrderEvent } from '../oracles/is-order-event.ts';
import { target } from '../target.ts';

/** Of a message: a thousand, and what a sentence adds. */
const mostCharacters = 1_200;

const spoilt = bodies.map((text): Mutant => ({ text, path: undefined }));
const valid = orders().map((order): Mutant => ({ text: JSON.stringify(order), path: undefined }));

/** An event or an `InvalidEventError`, as a second reader of the same rules says; and what is kept is what was written. */
export const eventParser = target<Mutant>({
  name: 'event-parser',
  runs: 2_000,
  inputs: fc.oneof({ weight: 4, arbitrary: mutantsOf(orders()) }, { weight: 2, arbitrary: spoilt }, valid),
  examples: largeBodies.map((text) => ({ text, path: undefined })),
  check: ({ text, path: changed }) => {
    const read = reading(text);
    if (read instanceof InvalidEventError) {
      const { field, message, code } = read;
      assert.ok(!isOrderEvent(text), `It was refused: ${code} ${message}`);
      assert.ok(message.length <= mostCharacters, `a message of ${message.length} characters`);
      assert.ok((field ?? '').length <= mostCharacters, 'a path of too many characters');
      assert.notEqual(field, '');
      if (field !== undefined)
        assert.ok(message.length >= mostCharacters / 2 || message.startsWith(field), message);
      if (changed !== undefined && field !== undefined) isAbout(field, changed);
      return;
    }
    assert.ok(isOrderEvent(text), 'It was accepted');
    const said: object = JSON.parse(text.replace(/^\ufeff/, ''));
    assert.deepEqual(read, Object.fromEntries(Object.entries(said).filter(([, member]) => member !== null)));
    const canonical = canonicalJson(read);
    assert.equal(canonicalJson(parseOrderEvent({ body: canonical })), canonical);
    assert.equal(fingerprint(parseOrderEvent({ body: canonical })), fingerprint(read));
  },
});

function reading(text: string): OrderEvent | InvalidEventError {
  try {
    return parseOrderEvent({ body: text });
  } catch (error) {
    if (error instanceof InvalidEventError) return error;
    throw error;
  }
}

/** What is said to be wrong is the place that was changed, or holds it, or lies inside. */
function isAbout(field: string, changed: readonly string[]): void {
  // A change of either one makes the key that they are part of too long.
  if (field === 'id' && changed[0] === 'source') return;
  const place = path(changed.slice(0, -1));
  assert.ok(field.startsWith(place) || path(changed).startsWith(field), `${field} is not ${path(changed)}`);
}
