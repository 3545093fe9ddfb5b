import assert from 'node:assert/strict';
import type { SQSEvent } from 'aws-lambda';
import fc from 'fast-check';
import { brokerId } from '../../../contract/broker-id.ts';
import { InvalidEventError, OrderOnceError } from '../../../contract/errors.ts';
import { idempotencyKey } from '../../../contract/event/identity.ts';
import { type OrderEvent, parseOrderEvent } from '../../../contract/orders/order-event.ts';
import {
  atLeastOnce,
  atMostOnce,
  type ConsumerHandler,
  createConsumer,
  exactlyOnce,
  increment,
} from '../../../runtime/index.ts';
import { remaining, sqsRecord } from '../../support/sqs.ts';
import { type FakeWiring, fakeWiring } from '../../support/wiring.ts';
import { largeBodies } from '../inputs/hostile.ts';
import { asKept, type Delivered, delivered } from '../inputs/records.ts';
import { checkTaken } from '../oracles/sqs-limits.ts';
import { target } from '../target.ts';

const guarantees = ['exactly-once', 'at-least-once', 'at-most-once'] as const;

interface Batch {
  readonly guarantee: (typeof guarantees)[number];
  readonly messages: readonly Delivered[];
}

const name = 'fuzzed';
/** Calls of the store that one message takes at most, by a guarantee and a quarantine. */
const mostCalls = 6;
const longestLine = 32_000;

const batches: fc.Arbitrary<Batch> = fc.record({
  guarantee: fc.constantFrom(...guarantees),
  messages: fc
    .nat(10)
    .chain((size) => fc.tuple(...Array.from({ length: size }, (_, index) => delivered(index)))),
});

/** Each message ends where it belongs: applied once, or copied with its reason, or given back. */
export const consumer = target<Batch>({
  name: 'consumer',
  runs: 150,
  inputs: batches,
  // The first is a reason that quotes what SQS replaces.
  examples: ['{"\\ufffe":1e999}', ...largeBodies].map((body, index) => ({
    guarantee: guarantees[index % guarantees.length] ?? 'exactly-once',
    messages: [{ record: sqsRecord(asKept(body), { messageId: 'message-0' }), isWhole: true }],
  })),
  check: async ({ guarantee, messages }) => {
    const { wiring, handle, effects } = scene(guarantee);
    const event = { Records: messages.map(({ record }) => record) } as SQSEvent;
    const failed = await failuresOf(handle, event);
    if (failed === 'all of them') {
      assert.deepEqual([effects().size, wiring.letters, wiring.store.calls], [0, [], []]);
      assert.ok(messages.some(({ record }) => !(isName(record.messageId) && isName(record.receiptHandle))));
      return;
    }
    // A copy that is refused stops its group. Nothing else is at fault here, so nothing else may.
    const stopped = new Set(messages.filter(({ isWhole }) => !isWhole).map(({ record }) => groupOf(record)));
    for (const { record, isWhole } of messages) {
      const { messageId } = record;
      const letters = wiring.letters.filter(({ deduplicationId }) => deduplicationId === brokerId(messageId));
      assert.ok(letters.length <= 1, `${letters.length} copies of ${messageId}`);
      if (failed.has(messageId)) {
        assert.ok(!isWhole || stopped.has(groupOf(record)), `${messageId} came back, and nothing was wrong`);
        assert.deepEqual(letters, []);
        continue;
      }
      const reason = JSON.parse(letters[0]?.attributes['dead-letter-reason']?.StringValue ?? 'null');
      endedRight(record.body, isWhole, reason, wiring);
    }
    for (const line of wiring.logged) {
      assert.ok(JSON.stringify(line).length < longestLine, 'a long line');
      if (line.message === 'delivery')
        assert.ok(Number.isInteger(line.receiveCount), `received ${line.receiveCount} times`);
    }
    for (const { handles, seconds } of wiring.hidden) {
      assert.ok(Number.isInteger(seconds) && seconds >= 0 && seconds <= 43_200, `hidden for ${seconds} s`);
      assert.ok(handles.length > 0 && handles.length <= 10, `${handles.length} handles`);
    }
    assert.ok(wiring.store.calls.length <= mostCalls * messages.length, `${wiring.store.calls}`);

    // The same batch once more: what is done is done.
    const done = effects();
    assert.deepEqual(await failuresOf(handle, event), failed);
    assert.deepEqual(effects(), done);
    assert.ok(
      [...done.values()].every((times) => times === 1),
      'An effect happened twice',
    );
  },
});

function endedRight(
  body: string,
  isWhole: boolean,
  reason: { readonly code: string; readonly field?: string } | null,
  wiring: FakeWiring,
): void {
  try {
    const event = parseOrderEvent({ body });
    if (reason === null) {
      assert.equal(wiring.memory.records.get(idempotencyKey(name, event))?.status, 'COMPLETED');
    } else if (isWhole) {
      // Mutants may be the same event with other content, or say that they are old.
      assert.ok(['CONFLICT', 'OUT_OF_WINDOW'].includes(reason.code), reason.code);
    }
  } catch (error) {
    if (!(error instanceof InvalidEventError)) throw error;
    assert.ok(reason, 'It was no event, and it was acknowledged');
    if (isWhole) assert.deepEqual([reason.code, reason.field], [error.code, error.field]);
  }
}

/** A consumer whose effects are counted, by key, and whose queues are as strict as SQS. */
function scene(guarantee: Batch['guarantee']) {
  const calls = new Map<string, number>();
  const wiring: FakeWiring = fakeWiring({
    deadLetters: {
      async send(letter) {
        checkTaken(letter);
        wiring.letters.push(letter);
      },
    },
  });
  const count = (event: OrderEvent) => {
    const key = idempotencyKey(name, event);
    calls.set(key, (calls.get(key) ?? 0) + 1);
    return key;
  };
  const options = { name, parse: parseOrderEvent };
  const external = guarantee === 'at-most-once' ? atMostOnce() : atLeastOnce({ providerKeyRetention: 1e12 });
  const handle =
    guarantee === 'exactly-once'
      ? createConsumer(
          {
            ...options,
            guarantee: exactlyOnce(),
            handle: (event) => [increment('ledger', { orderId: idempotencyKey(name, event) }, { times: 1 })],
          },
          wiring,
        )
      : createConsumer({ ...options, guarantee: external, handle: async (event) => count(event) }, wiring);
  const ledger = () =>
    wiring.memory.tables.items('ledger').map(({ orderId, times }) => [orderId, times] as const);
  return { wiring, handle, effects: () => new Map<unknown, unknown>([...calls, ...ledger()]) };
}

async function failuresOf(handle: ConsumerHandler, event: SQSEvent): Promise<Set<string> | 'all of them'> {
  try {
    const { batchItemFailures } = await handle(event, remaining());
    return new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  } catch (error) {
    assert.ok(error instanceof OrderOnceError, String(error));
    assert.equal(error.code, 'CONFIGURATION');
    return 'all of them';
  }
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function groupOf({ attributes }: Delivered['record']): unknown {
  return attributes?.MessageGroupId;
}
