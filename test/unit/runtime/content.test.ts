import * as v from 'valibot';
import type { ReceivedMessage } from '../../../contract/event/event-parser.ts';
import { cloudEvent, eventParser } from '../../../contract/event/event-parser.ts';
import { earliestFingerprint, fingerprint } from '../../../contract/event/fingerprint.ts';
import { bodyKey } from '../../../contract/event/identity.ts';
import type { OrderEvent } from '../../../contract/orders/order-event.ts';
import { parseOrderEvent } from '../../../contract/orders/order-event.ts';
import {
  atLeastOnce,
  atMostOnce,
  type ConsumerOptions,
  createConsumer,
  exactlyOnce,
  increment,
  PermanentError,
} from '../../../runtime/index.ts';
import type { StoredRecord } from '../../../runtime/ports/record-store.ts';
import { anOrder } from '../../support/orders.ts';
import { type RecordOptions, remaining, sqsEvent, sqsRecord } from '../../support/sqs.ts';
import { type FakeWiring, fakeWiring } from '../../support/wiring.ts';

const day = 86_400_000;
const event = anOrder();
const other = anOrder({}, { total: 99 });
const id = `orders#urn:test#${event.id}`;

let wiring: FakeWiring;
let called: number;
beforeEach(() => {
  wiring = fakeWiring();
  called = 0;
});

const guarantees = {
  'exactly-once': exactlyOnce(),
  'at-least-once': atLeastOnce({ providerKeyRetention: day }),
  'at-most-once': atMostOnce(),
} as const;
type Name = keyof typeof guarantees;

function consumer(name: Name, over: Partial<ConsumerOptions<'effects', never, OrderEvent>> = {}) {
  const handle = ({ subject: orderId }: { subject: string }) => {
    called += 1;
    return name === 'exactly-once' ? [increment('ledger', { orderId }, { orders: 1 })] : undefined;
  };
  const options = { name: 'orders', parse: parseOrderEvent, guarantee: guarantees[name], handle, ...over };
  return createConsumer(options as ConsumerOptions<'effects', never, OrderEvent>, wiring);
}

/** How each message ended, in order. */
async function deliver(run: ReturnType<typeof consumer>, ...records: [object, RecordOptions?][]) {
  wiring.logged.length = 0;
  await run(
    sqsEvent(...records.map(([body, options]) => sqsRecord(body, { group: 'g', ...options }))),
    remaining(),
  );
  return wiring.logged.filter(({ message }) => message === 'delivery');
}

function given(guarantee: Name, over: Partial<StoredRecord>, of = id) {
  const now = wiring.clock.now();
  wiring.memory.records.set(of, {
    status: 'COMPLETED',
    fingerprint: earliestFingerprint(event),
    ownerToken: 'before',
    attempts: 1,
    firstAttemptAt: now - 1000,
    guarantee,
    messageId: 'before',
    messageGroup: 'g',
    expiration: now / 1000 + 3600,
    ...over,
  });
}

describe.each(
  Object.keys(guarantees) as Name[],
)('a record with the earliest fingerprint, under %s', (name) => {
  it('makes the same event a duplicate, and other content a conflict', async () => {
    given(name, {});
    await expect(deliver(consumer(name), [event])).resolves.toMatchObject([{ outcome: 'duplicate' }]);
    await expect(deliver(consumer(name), [other])).resolves.toMatchObject([{ outcome: 'conflict' }]);
    const reason = JSON.parse(wiring.letters[0]?.attributes['dead-letter-reason']?.StringValue ?? '');
    // Both by one algorithm, or nobody could compare them.
    expect(reason.fingerprints).toEqual({
      applied: earliestFingerprint(event),
      received: earliestFingerprint(other),
    });
    expect(wiring.memory.records.get(id)).toMatchObject({ status: 'COMPLETED', ownerToken: 'before' });
  });

  it.each<[string, Partial<StoredRecord>]>([
    ['RETRYING', { status: 'RETRYING' }],
    ['QUARANTINED for another message', { status: 'QUARANTINED' }],
    ['OUTCOME_UNKNOWN that was sent again', { status: 'OUTCOME_UNKNOWN', expiration: undefined, body: '{}' }],
  ])('in the state %s continues, and names its algorithm from then on', async (_, over) => {
    given(name, over);
    const attributes = { 'resolved-attempt': { dataType: 'String', stringValue: 'before' } };
    await expect(deliver(consumer(name), [event, { attributes }])).resolves.toMatchObject([
      { outcome: 'applied' },
    ]);
    expect(called).toBeGreaterThan(0);
    expect(wiring.memory.records.get(id)).toMatchObject({
      status: 'COMPLETED',
      fingerprint: fingerprint(event),
    });
  });

  it('continues if its attempt fails, for a suspect and for any other message', async () => {
    for (const receiveCount of [1, 3]) {
      given(name, { status: 'RETRYING' });
      const handle = () => {
        throw new Error('a field that nobody expected');
      };
      const [line] = await deliver(consumer(name, { handle }), [event, { receiveCount }]);
      expect(line?.outcome).toBe(name === 'at-most-once' ? 'unknown' : 'failed');
      expect(wiring.memory.records.get(id)).toMatchObject({ fingerprint: fingerprint(event) });
    }
  });

  it('makes other content a conflict while it is unfinished', async () => {
    for (const status of ['RETRYING', 'INPROGRESS', 'QUARANTINED', 'OUTCOME_UNKNOWN'] as const) {
      given(name, { status, leaseUntil: 1 });
      await expect(deliver(consumer(name), [other])).resolves.toMatchObject([{ outcome: 'conflict' }]);
      expect(wiring.memory.records.get(id)).toMatchObject({ status, ownerToken: 'before' });
    }
  });
});

describe('a dead owner of a record with the earliest fingerprint', () => {
  it('is taken over under at-least-once', async () => {
    given('at-least-once', { status: 'INPROGRESS', leaseUntil: wiring.clock.now() - 1 });
    const lines = await deliver(consumer('at-least-once'), [event]);
    expect(lines).toMatchObject([{ outcome: 'applied' }]);
  });

  it('leaves an unknown outcome under at-most-once', async () => {
    given('at-most-once', { status: 'INPROGRESS', leaseUntil: wiring.clock.now() - 1 });
    await expect(deliver(consumer('at-most-once'), [event])).resolves.toMatchObject([{ outcome: 'unknown' }]);
    expect(wiring.memory.records.get(id)).toMatchObject({ status: 'OUTCOME_UNKNOWN', ownerToken: 'before' });
    expect(called).toBe(0);
  });
});

describe('exactly-once over records with the earliest fingerprint', () => {
  it('finds a duplicate with one request, even if its handler changes the event', async () => {
    given('exactly-once', {});
    let commits = 0;
    const { commit } = wiring.memory;
    wiring.memory.commit = (...args) => {
      commits += 1;
      return commit(...args);
    };
    const handle = (mutable: OrderEvent) => {
      Object.assign(mutable, { subject: 'changed', data: {} });
      return [];
    };
    await expect(deliver(consumer('exactly-once', { handle }), [event])).resolves.toMatchObject([
      { outcome: 'duplicate' },
    ]);
    expect(commits).toBe(1);
  });

  it('settles their events inside a fold', async () => {
    const orders = ['1', '2', '3', '4'].map((subject) => anOrder({ subject }));
    const [, second, third] = orders as [OrderEvent, OrderEvent, OrderEvent];
    given('exactly-once', { fingerprint: earliestFingerprint(second) }, `orders#urn:test#${second.id}`);
    const fingerprintOfThird = earliestFingerprint(third);
    given(
      'exactly-once',
      { status: 'RETRYING', fingerprint: fingerprintOfThird },
      `orders#urn:test#${third.id}`,
    );
    const records = orders.map((order, n): [object, RecordOptions] => [order, { messageId: `m${n}` }]);
    const lines = await deliver(consumer('exactly-once'), ...records);
    expect(lines.map(({ outcome }) => outcome)).toEqual(['applied', 'duplicate', 'applied', 'applied']);
    expect(wiring.memory.tables.items('ledger').map(({ orderId, orders: n }) => [orderId, n])).toEqual([
      ['1', 1],
      ['3', 1],
      ['4', 1],
    ]);
  });
});

describe('a record with an unknown fingerprint algorithm', () => {
  it.each(Object.keys(guarantees) as Name[])('makes its message wait under %s', async (name) => {
    for (const status of ['COMPLETED', 'RETRYING', 'INPROGRESS', 'OUTCOME_UNKNOWN'] as const) {
      for (const receiveCount of [1, 3]) {
        given(name, { status, fingerprint: '3:of-tomorrow', leaseUntil: 1 });
        const before = wiring.memory.records.get(id);
        await expect(deliver(consumer(name), [event, { receiveCount }])).resolves.toMatchObject([
          { outcome: 'failed', code: 'CONFIGURATION', reason: expect.stringContaining('algorithm "3"') },
        ]);
        expect(wiring.memory.records.get(id)).toEqual(before);
      }
    }
    expect(wiring.letters).toEqual([]);
  });

  it('does not make the messages before it in its group wait', async () => {
    const orders = ['1', '2', '3'].map((subject) => anOrder({ subject }));
    given('exactly-once', { fingerprint: '3:of-tomorrow' }, `orders#urn:test#${orders[1]?.id}`);
    const records = orders.map((order, n): [object, RecordOptions] => [order, { messageId: `m${n}` }]);
    const lines = await deliver(consumer('exactly-once'), ...records);
    expect(lines).toMatchObject([{ outcome: 'applied' }, { outcome: 'failed', code: 'CONFIGURATION' }]);
  });

  it('makes its message wait, even if the handler refuses its event', async () => {
    given('exactly-once', { fingerprint: '3:of-tomorrow' });
    const handle = () => {
      throw new PermanentError('no such product');
    };
    await expect(deliver(consumer('exactly-once', { handle }), [event])).resolves.toMatchObject([
      { outcome: 'failed', code: 'CONFIGURATION' },
    ]);
    expect(wiring.letters).toEqual([]);
  });

  it('is replaced after it has expired', async () => {
    given('exactly-once', { fingerprint: '3:of-tomorrow', expiration: 1 });
    await expect(deliver(consumer('exactly-once'), [event])).resolves.toMatchObject([{ outcome: 'applied' }]);
  });
});

describe("an event's content", () => {
  it('includes all members that its schema and its producer add', async () => {
    const tenants = eventParser(v.looseObject({ ...cloudEvent.entries, tenant: v.string() }));
    const run = createConsumer(
      { name: 'orders', parse: tenants, guarantee: guarantees['at-least-once'], handle: async () => {} },
      wiring,
    );
    await deliver(run, [{ ...event, tenant: 'one' }]);
    await expect(deliver(run, [{ ...event, tenant: 'two' }])).resolves.toMatchObject([
      { outcome: 'conflict' },
    ]);
    const again = {
      ...event,
      tenant: 'one',
      time: '2026-01-01T00:00:00Z',
      dataschema: null,
      traceparent: '00',
    };
    await expect(deliver(run, [again])).resolves.toMatchObject([{ outcome: 'duplicate' }]);
  });

  it('keeps a sequence that is not a number in record and log, and cuts a long one', async () => {
    const parse = eventParser(cloudEvent);
    const run = createConsumer(
      { name: 'orders', parse, guarantee: guarantees['at-least-once'], handle: async () => {} },
      wiring,
    );
    const sequences = ['01J9ZK3V6WB1Z7K2M0X5T4QG8R', '000042-0007', 'x'.repeat(5000)];
    for (const [n, sequence] of sequences.entries()) {
      const [line] = await deliver(run, [{ ...event, id: `e${n}`, sequence }]);
      expect(line).toMatchObject({ outcome: 'applied' });
      expect((line?.sequence as string).slice(0, 20)).toBe(sequence.slice(0, 20));
      expect((line?.sequence as string).length).toBeLessThanOrEqual(1000);
    }
  });
});

it('a new version of a parser that adds members does not turn earlier events into conflicts', async () => {
  const names = Object.keys(guarantees) as Name[];
  for (const name of names) {
    for (const status of ['COMPLETED', 'RETRYING'] as const) {
      given(name, { status, fingerprint: fingerprint(event) });
      const parse = ({ body }: ReceivedMessage) => ({ ...parseOrderEvent({ body }), channel: 'web' });
      await expect(deliver(consumer(name, { parse }), [event])).resolves.toMatchObject([
        { outcome: status === 'COMPLETED' ? 'duplicate' : 'applied' },
      ]);
      await expect(deliver(consumer(name, { parse }), [other])).resolves.toMatchObject([
        { outcome: 'conflict' },
      ]);
    }
  }
});

describe("a consumer's own content", () => {
  const byOrder = { fingerprint: ({ data }: OrderEvent) => [data.orderId, data.total] };

  it('decides what is a conflict', async () => {
    const run = consumer('exactly-once', byOrder);
    await expect(deliver(run, [event])).resolves.toMatchObject([{ outcome: 'applied' }]);
    expect(wiring.memory.records.get(id)?.fingerprint).toMatch(/^own:[\da-f]{64}$/);
    const same = anOrder({ sequence: '2' });
    await expect(deliver(run, [same])).resolves.toMatchObject([{ outcome: 'duplicate' }]);
    await expect(deliver(run, [other])).resolves.toMatchObject([{ outcome: 'conflict' }]);
  });

  it.each(Object.keys(guarantees) as Name[])('decides for a suspect too, under %s', async (name) => {
    const run = consumer(name, byOrder);
    const suspect = { receiveCount: 3 };
    await expect(deliver(run, [event, suspect])).resolves.toMatchObject([{ outcome: 'applied' }]);
    expect(wiring.memory.records.get(id)?.fingerprint).toMatch(/^own:/);
    const same = anOrder({ sequence: '2' });
    await expect(deliver(run, [same, suspect])).resolves.toMatchObject([{ outcome: 'duplicate' }]);
    await expect(deliver(run, [other, suspect])).resolves.toMatchObject([{ outcome: 'conflict' }]);
  });

  it('decides for a suspect after its parser ran, if only the parsed event has it', async () => {
    const parse = ({ body }: ReceivedMessage) => ({
      ...parseOrderEvent({ body }),
      order: { total: JSON.parse(body).data.total },
    });
    const fromParser = (parsed: OrderEvent) => [(parsed as ReturnType<typeof parse>).order.total];
    const run = consumer('exactly-once', { parse, fingerprint: fromParser });
    const suspect = { receiveCount: 3 };
    await expect(deliver(run, [event])).resolves.toMatchObject([{ outcome: 'applied' }]);
    await expect(deliver(run, [anOrder({ sequence: '2' }), suspect])).resolves.toMatchObject([
      { outcome: 'duplicate' },
    ]);
    await expect(deliver(run, [other, suspect])).resolves.toMatchObject([{ outcome: 'conflict' }]);
  });

  it('settles records of the whole body, if it is added together with a new member of the parser', async () => {
    const parse = ({ body }: ReceivedMessage) => ({ ...parseOrderEvent({ body }), member: 'of the parser' });
    given('exactly-once', { status: 'RETRYING', fingerprint: fingerprint(event) });
    const run = consumer('exactly-once', { parse, ...byOrder });
    await expect(deliver(run, [event])).resolves.toMatchObject([{ outcome: 'applied' }]);
  });

  it('is compared with records from before it was set, even if a parser adds values without a JSON form', async () => {
    const parse = ({ body }: ReceivedMessage) => ({ ...parseOrderEvent({ body }), cents: 1530n });
    for (const before of [fingerprint(event), earliestFingerprint(event)]) {
      given('exactly-once', { fingerprint: before });
      const run = consumer('exactly-once', { parse, ...byOrder });
      await expect(deliver(run, [event])).resolves.toMatchObject([{ outcome: 'duplicate' }]);
      await expect(deliver(run, [other])).resolves.toMatchObject([{ outcome: 'conflict' }]);
    }
  });

  it('is computed for a suspect only after its body is counted, because the function may not return', async () => {
    const seen: unknown[] = [];
    const content = ({ data }: OrderEvent) => {
      seen.push(wiring.memory.records.get(bodyKey('orders', JSON.stringify(event)))?.attempts);
      return data;
    };
    await deliver(consumer('exactly-once', { fingerprint: content }), [event, { receiveCount: 3 }]);
    expect(seen).toEqual([1]);
  });

  it('is compared with records from before it was set by the algorithm that they name', async () => {
    for (const before of [fingerprint(event), earliestFingerprint(event)]) {
      given('exactly-once', { fingerprint: before });
      const run = consumer('exactly-once', byOrder);
      await expect(deliver(run, [event])).resolves.toMatchObject([{ outcome: 'duplicate' }]);
      await expect(deliver(run, [other])).resolves.toMatchObject([{ outcome: 'conflict' }]);
      given('exactly-once', { fingerprint: before, status: 'RETRYING' });
      await expect(deliver(run, [event])).resolves.toMatchObject([{ outcome: 'applied' }]);
      expect(wiring.memory.records.get(id)?.fingerprint).toMatch(/^own:/);
    }
  });

  it('must stay as long as its records live; without it, their messages wait', async () => {
    await deliver(consumer('exactly-once', byOrder), [event]);
    await expect(deliver(consumer('exactly-once'), [event])).resolves.toMatchObject([
      {
        outcome: 'failed',
        code: 'CONFIGURATION',
        reason: expect.stringContaining('set "fingerprint" again'),
      },
    ]);
  });

  it.each<[string, (event: OrderEvent) => unknown]>([
    ['undefined', () => undefined],
    ['an instance of Promise', async () => 'content'],
    ['an instance of Set', ({ data }) => ({ lines: new Set(data.lines) })],
    ['a function', () => [() => 1]],
    ['a bigint', () => 1n],
    ['NaN', () => ({ total: Number.NaN })],
  ])('that contains %s makes the event fail, and the error says what to return', async (found, content) => {
    const [line] = await deliver(consumer('exactly-once', { fingerprint: content }), [event]);
    expect(line?.outcome).not.toBe('applied');
    expect(line?.reason).toContain(`fingerprint: found ${found}`);
    expect(called).toBe(0);
  });

  it('that throws makes the event fail, and its error is logged', async () => {
    const content = () => {
      throw new Error('no order id');
    };
    const [line] = await deliver(consumer('exactly-once', { fingerprint: content }), [event]);
    // No event is to blame for it, so none is given up at once.
    expect(line).toMatchObject({ outcome: 'failed', code: 'PARSER_FAILED', attempts: 1 });
    expect(line?.reason).toContain('no order id');
    expect(called).toBe(0);
  });
});
