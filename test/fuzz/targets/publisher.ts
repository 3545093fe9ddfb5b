import assert from 'node:assert/strict';
import fc from 'fast-check';
import { canonicalJson } from '../../../contract/event/canonical-json.ts';
import { type OrderEvent, parseOrderEvent } from '../../../contract/orders/order-event.ts';
import { type Deduplication, PublishError } from '../../../publisher/index.ts';
import { publishTo } from '../../../publisher/publish.ts';
import { FakeTopic } from '../../unit/publisher/support/fake-topic.ts';
import { seededRandom } from '../../unit/publisher/support/seeded-random.ts';
import { VirtualClock } from '../../unit/publisher/support/virtual-clock.ts';
import { bodies, jsonTexts, largeBodies } from '../inputs/hostile.ts';
import { mutantsOf } from '../inputs/mutants.ts';
import { orders } from '../inputs/orders.ts';
import { isTakenBySqs } from '../oracles/sqs-limits.ts';
import { target } from '../target.ts';

interface Publication {
  readonly lines: readonly string[];
  readonly deduplication: 'content' | 'event' | { readonly key: unknown };
  readonly entryFails: number;
  readonly seed: number;
}

const inputs: fc.Arbitrary<Publication> = fc.record({
  lines: fc.array(
    fc.oneof(
      { weight: 8, arbitrary: orders().map((order) => JSON.stringify(order)) },
      { weight: 2, arbitrary: mutantsOf(orders()).map(({ text }) => text) },
      { weight: 1, arbitrary: bodies },
      { weight: 1, arbitrary: fc.constantFrom('', ' ', '\r', '\ufeff') },
    ),
    { maxLength: 25 },
  ),
  deduplication: fc.oneof(
    fc.constantFrom('content' as const, 'event' as const),
    fc.record({ key: fc.oneof(jsonTexts, fc.anything()) }),
  ),
  entryFails: fc.constantFrom(0, 0.3),
  seed: fc.nat(),
});

const mostBytes = 262_144;
const text = 'x'.repeat(mostBytes - 400);
const large = JSON.stringify({
  ...parseOrderEvent({ body: JSON.stringify(fc.sample(orders(), { numRuns: 1, seed: 1 })[0]) }),
  note: text,
});

/** Up to the first line that is no event all are published, in entries that the topic takes; that line is named. */
export const publisher = target<Publication>({
  name: 'publisher',
  runs: 300,
  inputs,
  examples: [...largeBodies, large, large.replace(text, `${text}${'x'.repeat(400)}`)].map((line) => ({
    lines: [line],
    deduplication: 'content',
    entryFails: 0,
    seed: 1,
  })),
  check: async ({ lines, deduplication, entryFails, seed }) => {
    const clock = new VirtualClock();
    const random = seededRandom(seed);
    const topic = new FakeTopic(clock, random);
    topic.faults = { entryFails };
    const key = typeof deduplication === 'object' ? () => deduplication.key as string : deduplication;
    const error = await publishTo(topic, lines, {
      clock,
      random,
      parse: (line) => parseOrderEvent({ body: line }),
      deduplication: key as Deduplication<OrderEvent>,
    }).then(
      ({ events }) => void assert.equal(events, topic.accepted.length),
      (reason: unknown) => reason,
    );
    const published = lines
      .slice(0, error === undefined ? lines.length : lineOf(error, lines) - 1)
      .filter((line) => line.trim() !== '');
    const bodies = topic.accepted.map(({ entry }) => entry.body);
    assert.deepEqual(
      bodies.toSorted(),
      published.map((line) => canonicalJson(parseOrderEvent({ body: line }))).toSorted(),
    );
    for (const { entry } of topic.accepted) {
      assert.match(entry.messageGroup, /^[!-~]{1,128}$/);
      assert.match(entry.deduplicationId ?? '0', /^[0-9a-zA-Z]{1,128}$/);
      assert.ok(isTakenBySqs(entry.body), 'the queue would change the body');
      assert.ok(Buffer.byteLength(entry.body) <= mostBytes, 'too large');
    }
    assert.deepEqual(topic.violations, []);
    assert.ok(topic.requests.length <= 10 * published.length, `${topic.requests.length} requests`);
  },
});

function lineOf(error: unknown, lines: readonly string[]): number {
  assert.ok(error instanceof PublishError, String(error));
  const { code, line, field, message } = error;
  assert.ok(message.startsWith(`Line ${line}: `) && message.length <= 1_200, message.slice(0, 1_200));
  assert.ok(['INVALID_LINE', 'NO_DEDUPLICATION_KEY', 'TOO_LARGE'].includes(code), message);
  const isEvent = isParsed(lines[line - 1] ?? '');
  assert.equal(isEvent, code !== 'INVALID_LINE');
  if (code !== 'INVALID_LINE') assert.equal(field, undefined);
  return line;
}

function isParsed(line: string): boolean {
  try {
    parseOrderEvent({ body: line });
    return true;
  } catch {
    return false;
  }
}
