import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ConfigurationError, InvalidEventError } from '../../../contract/errors.ts';
import type { EventParser, ReceivedMessage } from '../../../contract/event/event-parser.ts';
import { earliestFingerprint } from '../../../contract/event/fingerprint.ts';
import { bodyKey } from '../../../contract/event/identity.ts';
import { type OrderEvent, parseOrderEvent } from '../../../contract/orders/order-event.ts';
import {
  atMostOnce,
  createConsumer,
  exactlyOnce,
  type Guarantee,
  increment,
  NotExecutedError,
} from '../../../runtime/index.ts';
import type { ConsumerDependencies } from '../../../runtime/ports/dependencies.ts';
import { sourceLoader } from '../../../system/source-loader.ts';
import { drain } from '../../support/event-source.ts';
import type { FifoQueue } from '../../support/fifo-queue.ts';
import { anOrder } from '../../support/orders.ts';
import { queueWiring } from '../../support/queue-wiring.ts';
import { atLeast, reasonsOf, shopKey } from '../../support/shop.ts';
import { type RecordOptions, remaining, sqsEvent, sqsRecord } from '../../support/sqs.ts';
import type { FakeClock, FakeWiring } from '../../support/wiring.ts';

type Parse = EventParser<OrderEvent>;

const guarantees = [
  { name: 'exactly-once', guarantee: exactlyOnce() },
  { name: 'at-least-once', guarantee: atLeast },
  { name: 'at-most-once', guarantee: atMostOnce() },
] as const;

let clock: FakeClock;
let queue: FifoQueue;
let wiring: FakeWiring;
/** Order ids in the order in which their handlers began. */
let handled: string[];
/** Whether the consumer's handler acts by itself, and returns no effects. */
let isExternal: boolean;
beforeEach(() => {
  ({ clock, queue, wiring } = queueWiring({ visibilityTimeout: 180 }));
  handled = [];
});

/** The consumer `shop` with a parser of its own. */
function consumerWith(
  parse: Parse,
  guarantee: Guarantee<'effects'> | Guarantee<'external'> = exactlyOnce(),
  over: Partial<ConsumerDependencies> = {},
) {
  const base = { name: 'shop', parse };
  const own = { ...wiring, ...over };
  isExternal = guarantee.kind === 'external';
  if (guarantee.kind === 'external') {
    const handle = async ({ data }: OrderEvent) => void handled.push(data.orderId);
    return createConsumer({ ...base, guarantee, handle }, own);
  }
  const handle = ({ data: { orderId } }: OrderEvent) => {
    handled.push(orderId);
    return [increment('ledger', { orderId }, { times: 1 })];
  };
  return createConsumer({ ...base, guarantee, handle }, own);
}

const order = (subject: string, group = `g${subject}`) => anOrder({ subject, partitionkey: group });
const recordOf = (id: string) => wiring.memory.records.get(shopKey(id));
const recordOfBody = (body: object) => wiring.memory.records.get(bodyKey('shop', JSON.stringify(body)));
const lines = () => wiring.logged.filter(({ message }) => message === 'delivery');
const reasons = () => reasonsOf(wiring.letters);
const timesApplied = (id: string) =>
  isExternal
    ? handled.filter((one) => one === id).length
    : wiring.memory.tables.item('ledger', { orderId: id })?.times;

function received(id: string, options: RecordOptions = {}) {
  return sqsRecord(order(id), { messageId: `m${id}`, group: `g${id}`, ...options });
}

/** Parses all but one order, on which it throws. */
function failingOn(id: string, error: () => unknown): Parse {
  return ({ body }) => {
    const event = parseOrderEvent({ body });
    if (event.data.orderId === id) throw error();
    return event;
  };
}

describe('a body that hangs the parser', () => {
  it('ends its process only after the other messages are handled and acknowledged', async () => {
    // GIVEN a process whose schema has a regular expression that never ends on one of ten suspects, the last drawn
    const program = join(__dirname, 'parser', 'hanging-parser.ts');
    const child = spawn(process.execPath, [...sourceLoader, program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const acknowledged = new Set<string>();
    // WHEN it has acknowledged the nine others; it says nothing after that, and never ends by itself
    for await (const line of createInterface(child.stdout)) {
      acknowledged.add(line);
      if (acknowledged.size === 9) break;
    }
    child.kill('SIGKILL');
    await once(child, 'close');
    // THEN
    expect([...acknowledged].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8].map((n) => `receipt-of-m${n}`));
  });
});

describe.each(guarantees)('the parser of a suspect under $name', ({ guarantee }) => {
  it('runs after the other messages are settled and acknowledged, and after its attempt is counted', async () => {
    let then: unknown;
    const parse: Parse = ({ body }) => {
      const event = parseOrderEvent({ body });
      if (event.data.orderId === '1') {
        const { attempts, attemptState } = recordOfBody(order('1')) ?? {};
        then = { acknowledged: [...wiring.acknowledged], attempts, attemptState };
      }
      return event;
    };
    const event = sqsEvent(
      received('1', { receiveCount: 4 }),
      received('2', { receiveCount: 3 }),
      received('3'),
    );
    await expect(consumerWith(parse, guarantee)(event, remaining())).resolves.toEqual({
      batchItemFailures: [],
    });
    expect(then).toEqual({
      acknowledged: ['receipt-of-m3', 'receipt-of-m2'],
      attempts: 1,
      attemptState: 'STARTED',
    });
    expect(handled).toEqual(['3', '2', '1']);
  });

  it('does not start if its attempt cannot be counted', async () => {
    let parsed = 0;
    const parse: Parse = ({ body }) => {
      parsed += 1;
      return parseOrderEvent({ body });
    };
    const consumer = consumerWith(parse, guarantee);
    const third = sqsEvent(received('1', { receiveCount: 3 }));
    wiring.store.befall('body claim', 'down');
    await expect(consumer(third, remaining())).resolves.toEqual({
      batchItemFailures: [{ itemIdentifier: 'm1' }],
    });
    expect(parsed).toBe(0);
    expect(lines()).toMatchObject([{ outcome: 'failed', eventId: 'event-of-1', suspect: true }]);
  });

  it('leaves no counted attempt for a handled event, or for a body that is not an event', async () => {
    const parse = failingOn('2', () => new InvalidEventError('INVALID_EVENT', 'data.total: must be more'));
    const consumer = consumerWith(parse, guarantee);
    const suspect = { receiveCount: 3 };
    await consumer(sqsEvent(received('1', suspect), received('2', suspect)), remaining());
    expect(recordOf('1')).toMatchObject({ status: 'COMPLETED' });
    expect(recordOf('2')).toBeUndefined();
    for (const id of ['1', '2']) expect(recordOfBody(order(id))).toMatchObject({ attempts: 0 });
    expect(reasons()).toMatchObject([{ code: 'INVALID_EVENT', message: 'data.total: must be more' }]);
    // The event that its producer corrects is no other content of an event that was never there.
    const corrected = sqsRecord(anOrder({ subject: '2', partitionkey: 'g2' }, { total: 99 }), {
      messageId: 'm3',
    });
    await consumerWith(parseOrderEvent, guarantee)(sqsEvent(corrected), remaining());
    expect(recordOf('2')).toMatchObject({ status: 'COMPLETED' });
  });

  it('is not counted again after it has read the body, even if the store was briefly down', async () => {
    wiring.store.befall('body release', 'down');
    await consumerWith(parseOrderEvent, guarantee)(sqsEvent(received('1', { receiveCount: 3 })), remaining());
    expect(lines()).toMatchObject([{ outcome: 'applied' }]);
    expect(recordOfBody(order('1'))).toMatchObject({ status: 'RETRYING', attempts: 0 });
  });

  it('may leave out members; the record then has the fingerprint of the remaining ones', async () => {
    const parse: Parse = ({ body }) => {
      const { note: _, ...event } = parseOrderEvent({ body }) as OrderEvent & { readonly note?: string };
      return event;
    };
    const consumer = consumerWith(parse, guarantee);
    const notes = ['first', 'second'].map((note, n) =>
      sqsRecord({ ...order('1'), note }, { messageId: `m${n}`, receiveCount: 3 }),
    );
    for (const record of notes) await consumer(sqsEvent(record), remaining());
    expect(lines().map(({ outcome }) => outcome)).toEqual(['applied', 'duplicate']);
    expect(wiring.letters).toEqual([]);
  });

  it('does not run for a message that its queue is about to delete while the store is down', async () => {
    const parse = jest.fn(parseOrderEvent);
    for (const step of ['body claim', 'quarantine'] as const) wiring.store.befall(step, 'down');
    const sentAt = clock.now() - 4 * 86_400_000 + 60_000;
    const record = received('1', { receiveCount: 3, sentAt });
    await expect(consumerWith(parse, guarantee)(sqsEvent(record), remaining())).resolves.toEqual({
      batchItemFailures: [],
    });
    expect(reasons()).toMatchObject([{ code: 'RETENTION', sequence: '1' }]);
    expect(parse).not.toHaveBeenCalled();
  });
});

describe.each(guarantees)('an unexpected error of a parser, under $name', ({ guarantee }) => {
  it('is a failed attempt of the body, which is poison after five attempts and a minute', async () => {
    for (const id of ['1', '2', '3']) queue.send(`m${id}`, 'g', order(id, 'g'));
    const begun = clock.now();
    await drain(
      queue,
      consumerWith(
        failingOn('2', () => new TypeError('lines is not iterable')),
        guarantee,
      ),
    );
    const failed = lines().filter(({ outcome }) => outcome === 'failed');
    expect(failed[0]).toMatchObject({ code: 'PARSER_FAILED', attempts: 1, eventId: 'event-of-2' });
    expect(failed.map(({ attempts }) => attempts)).toEqual(failed.map((_, n) => n + 1));
    expect(reasons()).toMatchObject([{ code: 'ATTEMPTS_EXHAUSTED', attempts: failed.length + 1 }]);
    expect(reasons()[0].message).toContain('TypeError: lines is not iterable');
    expect(clock.now()).toBeGreaterThanOrEqual(begun + 60_000);
    expect(handled).toEqual(['1', '3']);
    expect(recordOf('2')).toBeUndefined();
    expect(recordOfBody(order('2', 'g'))).toMatchObject({ status: 'QUARANTINED' });
  });

  it('has no effect after a deployment corrects the parser, even if the parser changes the content', async () => {
    // GIVEN a parser that fails, in a delivery as in that of a suspect
    const broken = consumerWith(() => {
      throw new ReferenceError('total is not defined');
    }, guarantee);
    await broken(sqsEvent(received('1')), remaining());
    await broken(sqsEvent(received('1', { receiveCount: 3 })), remaining());
    expect(recordOfBody(order('1'))).toMatchObject({ attempts: 2 });
    // WHEN the next one leaves out a part of the content, which the fingerprint covers
    const corrected = consumerWith(({ body }) => {
      const event = parseOrderEvent({ body });
      return { ...event, data: { ...event.data, lines: [] } };
    }, guarantee);
    const later = { messageId: 'm2' };
    for (const options of [{}, later, { ...later, receiveCount: 3 }]) {
      await corrected(sqsEvent(received('1', options)), remaining());
    }
    // THEN the event is applied once, and known
    expect(lines().map(({ outcome }) => outcome)).toEqual([
      'failed',
      'failed',
      'applied',
      'duplicate',
      'duplicate',
    ]);
    expect(timesApplied('1')).toBe(1);
    expect(wiring.letters).toEqual([]);
  });
});

it('a parser that changes the content still matches a record with an earlier algorithm', async () => {
  const parse: Parse = ({ body }) => ({ ...parseOrderEvent({ body }), sequence: '7' });
  const event = order('1');
  wiring.memory.records.set(shopKey('1'), {
    status: 'COMPLETED',
    fingerprint: earliestFingerprint({ ...event, sequence: '7' }),
    ownerToken: 'before',
    guarantee: 'exactly-once',
    messageId: 'm0',
    expiration: clock.now() / 1000 + 3600,
  });
  await consumerWith(parse)(sqsEvent(received('1')), remaining());
  expect(lines()).toMatchObject([{ outcome: 'duplicate', appliedWith: 'm0' }]);
});

/** A parser whose events have other ids than their bodies. */
const renaming: Parse = ({ body }) => {
  const event = parseOrderEvent({ body });
  return { ...event, id: `renamed-${event.id}` };
};

describe.each(guarantees)('a parser that gives the event another id, under $name', ({ guarantee }) => {
  it.each([
    1, 3,
  ])('decides the identity at receive %i, and the event is applied once', async (receiveCount) => {
    const consumer = consumerWith(renaming, guarantee);
    await consumer(sqsEvent(received('1', { receiveCount })), remaining());
    await consumer(sqsEvent(received('1', { messageId: 'm2', receiveCount })), remaining());
    expect(timesApplied('1')).toBe(1);
    expect(lines()).toMatchObject([
      { outcome: 'applied', eventId: 'renamed-event-of-1' },
      { outcome: 'duplicate', appliedWith: 'm1' },
    ]);
  });
});

describe.each(guarantees)('a suspect whose body has the id of another event, under $name', ({
  guarantee,
}) => {
  it('is not a conflict if its parser gives the event another id', async () => {
    // GIVEN an event under the id that the body has, with other content
    const other = sqsRecord(anOrder({ subject: '1', partitionkey: 'g1' }, { total: 99 }), {
      messageId: 'm0',
    });
    await consumerWith(parseOrderEvent, guarantee)(sqsEvent(other), remaining());
    // WHEN
    await consumerWith(renaming, guarantee)(sqsEvent(received('1', { receiveCount: 3 })), remaining());
    // THEN
    expect(lines().at(-1)).toMatchObject({ outcome: 'applied', eventId: 'renamed-event-of-1' });
    expect(wiring.letters).toEqual([]);
  });

  it('is a conflict otherwise', async () => {
    const other = sqsRecord(anOrder({ subject: '1', partitionkey: 'g1' }, { total: 99 }), {
      messageId: 'm0',
    });
    const consumer = consumerWith(parseOrderEvent, guarantee);
    await consumer(sqsEvent(other), remaining());
    await consumer(sqsEvent(received('1', { receiveCount: 3 })), remaining());
    expect(reasons()).toMatchObject([{ code: 'CONFLICT' }]);
  });
});

describe('a parser', () => {
  it.each([
    ['nothing', () => undefined],
    ['the data alone', ({ body }: ReceivedMessage) => JSON.parse(body).data],
    ['an id that is no text', ({ body }: ReceivedMessage) => ({ ...JSON.parse(body), id: 7 })],
    ['a value that has no JSON', ({ body }: ReceivedMessage) => ({ ...JSON.parse(body), data: 7n })],
  ])('that returns %s fails the body', async (_, parse) => {
    await consumerWith(parse as Parse)(sqsEvent(received('1')), remaining());
    expect(lines()).toMatchObject([{ outcome: 'failed', code: 'PARSER_FAILED', attempts: 1 }]);
    expect(wiring.letters).toEqual([]);
  });

  it.each([
    [
      'throws a ConfigurationError',
      () => Promise.reject(new ConfigurationError('no schema')),
      'CONFIGURATION',
    ],
    ['returns a promise', async ({ body }: ReceivedMessage) => parseOrderEvent({ body }), 'CONFIGURATION'],
  ])('that %s makes messages wait without a counted attempt', async (name, parse, code) => {
    const asked = (message: ReceivedMessage) => {
      if (name.startsWith('throws')) throw new ConfigurationError('no schema');
      return parse(message);
    };
    for (const receiveCount of [1, 3]) {
      await consumerWith(asked as unknown as Parse)(sqsEvent(received('1', { receiveCount })), remaining());
    }
    expect(lines()).toMatchObject([
      { outcome: 'failed', code },
      { outcome: 'failed', code },
    ]);
    expect(lines().every(({ attempts }) => attempts === undefined)).toBe(true);
    expect(recordOfBody(order('1'))?.attempts).toBe(0);
    expect(wiring.letters).toEqual([]);
  });

  it.each(
    guarantees,
  )('that throws NotExecutedError makes messages wait without a counted attempt, under $name', async ({
    guarantee,
  }) => {
    const parse = failingOn('1', () => new NotExecutedError('the registry of schemas is closed'));
    for (const receiveCount of [1, 3]) {
      await consumerWith(parse, guarantee)(sqsEvent(received('1', { receiveCount })), remaining());
    }
    expect(lines()).toMatchObject([{ code: 'NOT_DONE' }, { code: 'NOT_DONE' }]);
    expect(recordOfBody(order('1'))?.attempts).toBe(0);
  });

  it('runs once for each delivery, in the order of the group', async () => {
    const parsed: string[] = [];
    const parse: Parse = ({ body }) => {
      const event = parseOrderEvent({ body });
      parsed.push(event.data.orderId);
      return event;
    };
    const group = { group: 'g' };
    await consumerWith(parse)(
      sqsEvent(received('1', group), received('2', group), received('3', group)),
      remaining(),
    );
    expect(parsed).toEqual(['1', '2', '3']);
  });

  it('does not run to find the message group of a suspect without one', async () => {
    const parse: Parse = ({ body }) => {
      const event = parseOrderEvent({ body });
      if (event.data.orderId === '1') expect(handled).toEqual(['2']);
      return event;
    };
    const [suspect, neighbour] = [received('1', { receiveCount: 3 }), received('2')].map((record) => {
      const { MessageGroupId: _, ...attributes } = record.attributes;
      return { ...record, attributes };
    });
    await consumerWith(parse)(sqsEvent(suspect as never, neighbour as never), remaining());
    expect(handled).toEqual(['2', '1']);
  });
});
