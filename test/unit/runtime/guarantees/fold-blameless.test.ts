import type { Clock } from '../../../../contract/clock.ts';
import type { ReceivedMessage } from '../../../../contract/event/event-parser.ts';
import { type OrderEvent, parseOrderEvent } from '../../../../contract/orders/order-event.ts';
import {
  atLeastOnce,
  createConsumer,
  type Effect,
  exactlyOnce,
  increment,
  put,
} from '../../../../runtime/index.ts';
import type { ConsumerDependencies } from '../../../../runtime/ports/dependencies.ts';
import {
  answerCommits,
  deliveriesOf,
  deliverOrders,
  type Handle,
  outcomesOf,
  type Received,
} from '../../../support/deliver-orders.ts';
import { anOrder } from '../../../support/orders.ts';
import { remaining, sqsEvent, sqsRecord } from '../../../support/sqs.ts';
import { ledger, orders } from '../../../support/tables.ts';
import { gate } from '../../../support/timeline.ts';
import { FakeClock, type FakeWiring, fakeWiring } from '../../../support/wiring.ts';

let wiring: FakeWiring;
let asked: string[];
beforeEach(() => {
  wiring = fakeWiring();
  asked = [];
});

/** A sum that all share. */
const counted = (attribute = 'times') => increment('ledger', { orderId: 'all' }, { [attribute]: 1 });
const handle: Handle = () => [counted()];

async function deliver(ids: readonly string[], by: Handle = handle, over: Record<string, Received> = {}) {
  const asking: Handle = (event) => {
    asked.push(event.subject);
    return by(event);
  };
  return await deliverOrders(wiring, ids, asking, over);
}

const outcomes = () => outcomesOf(wiring);
const sums = () => wiring.memory.tables.item('ledger', { orderId: 'all' });
const recordOf = (id: string) => wiring.memory.records.get(`orders#urn:test#event-of-${id}`);
const macrotask = () => new Promise<void>(setImmediate);

const onCommit = (answer: Parameters<typeof answerCommits>[1]) => answerCommits(wiring, answer);

/** Another transaction is at work on whatever is put. */
function keepWhatIsPut() {
  onCommit((effects) =>
    effects.some(({ kind }) => kind === 'put')
      ? { kind: 'contended', cause: new Error('TransactionConflict') }
      : undefined,
  );
}

describe('a handler that changes its event in place', () => {
  const sorting = (then: Handle): Handle => {
    return (event) => {
      event.data.total = -1;
      return then(event);
    };
  };

  it('leaves a record of the original event, if the event is committed alone after a fold', async () => {
    // GIVEN an event that falls out of its fold, since it writes over an item that the first one adds to
    const by = sorting(({ subject }) => [subject === '1' ? put(ledger, { orderId: 'all' }) : counted()]);
    await deliver(['0', '1'], by);
    // WHEN it comes again
    await deliver(['1'], by);
    expect(outcomes()).toEqual({ 'm-0': 'applied', 'm-1': 'duplicate' });
    expect(wiring.letters).toEqual([]);
  });

  it('and then fails has its event tried again, not treated as another event', async () => {
    let isFirst = true;
    const by = sorting((event) => {
      if (event.subject !== '1' || !isFirst) return handle(event);
      isFirst = false;
      throw new Error('not now');
    });
    await expect(deliver(['0', '1'], by)).resolves.toEqual(['m-1']);
    await expect(deliver(['1'], by)).resolves.toEqual([]);
    expect(outcomes()).toEqual({ 'm-0': 'applied', 'm-1': 'applied' });
    expect(wiring.letters).toEqual([]);
  });
});

/** Its depth has no end, and each level has twice as many members. */
function aCircle() {
  const item = { orderId: 'circle' };
  return Object.assign(item, { left: item, right: item });
}

describe('the events before a failing one are applied', () => {
  it.each<readonly [string, unknown]>([
    ['an amount that is undefined', [increment('ledger', { orderId: 'all' }, { times: undefined as never })]],
    ['an amount that is a text', [increment('ledger', { orderId: 'all' }, { times: '1' as never })]],
    ['no effect in its list', [undefined]],
    ['an effect without a key', [{ kind: 'increment', table: 'ledger', by: { times: 1 } }]],
    ['an effect without an item', [{ kind: 'put', table: 'ledger' }]],
    ['an item that holds itself, in many places', [put(ledger, aCircle())]],
  ])('if the handler of one event returns %s', async (_, effects) => {
    await deliver(['0', '1', '2'], (event) =>
      event.subject === '2' ? (effects as readonly Effect[]) : handle(event),
    );
    expect(outcomes()).toMatchObject({ 'm-0': 'applied', 'm-1': 'applied' });
    expect(sums()).toMatchObject({ times: 2 });
  });

  it('if one event increments an attribute with the name of a member of every object', async () => {
    await deliver(['0', '1'], ({ subject }) => [counted(subject === '1' ? 'constructor' : 'times')]);
    expect(outcomes()).toEqual({ 'm-0': 'applied', 'm-1': 'applied' });
  });

  it('if the store refuses the request because the function may not write to a table of one event', async () => {
    onCommit((effects) => {
      if (effects.every((effect) => effect.kind === 'increment')) return undefined;
      throw Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' });
    });
    const by: Handle = (event) => (event.subject === '2' ? [put(orders, { orderId: 'x' })] : handle(event));
    await expect(deliver(['0', '1', '2'], by)).resolves.toEqual(['m-2']);
    expect(outcomes()).toEqual({ 'm-0': 'applied', 'm-1': 'applied', 'm-2': 'failed' });
    // and the log tells why they were not committed together
    expect(deliveriesOf(wiring).map(({ foldFailure }) => foldFailure)).toEqual([
      'AccessDeniedException: not authorized',
      undefined,
      undefined,
    ]);
  });

  it('if another transaction holds an item of one event', async () => {
    keepWhatIsPut();
    const by: Handle = (event) => (event.subject === '2' ? [put(orders, { orderId: 'hot' })] : handle(event));
    await expect(deliver(['0', '1', '2'], by)).resolves.toEqual(['m-2']);
    expect(outcomes()).toEqual({ 'm-0': 'applied', 'm-1': 'applied', 'm-2': 'failed' });
  });

  it('and no event goes to the dead-letter queue because of the hot item of another one', async () => {
    // GIVEN a group whose messages its queue is about to delete
    const sentAt = wiring.clock.now() - 4 * 86_400_000 + 3_600_000;
    keepWhatIsPut();
    const by: Handle = (event) => (event.subject === '1' ? [put(orders, { orderId: 'hot' })] : handle(event));
    await deliver(['0', '1'], by, { 0: { sentAt } });
    expect(wiring.letters.map(({ deduplicationId }) => deduplicationId)).not.toContain('m-0');
    expect(outcomes()).toMatchObject({ 'm-0': 'applied' });
  });
});

/** A clock whose sleeps end between tasks alone, as timers do. */
class TimerClock extends FakeClock {
  override async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const end = this.time + ms;
    if (signal === undefined) {
      this.time = end;
      return;
    }
    do await macrotask();
    while (this.time < end && !signal.aborted);
  }
}

it('handlers that compute for a long time leave time to commit: the first event is committed before the invocation ends', async () => {
  wiring = fakeWiring({ clock: new TimerClock() as Clock } as Partial<ConsumerDependencies>);
  const end = wiring.clock.now() + 30_000;
  let committed = Number.POSITIVE_INFINITY;
  onCommit(() => {
    committed = Math.min(committed, wiring.clock.now());
    return undefined;
  });
  // GIVEN ten messages that take 5 s each of a process that does nothing meanwhile
  await deliver(
    Array.from({ length: 10 }, (_, n) => `${n}`),
    (event) => {
      wiring.clock.time += 5000;
      return handle(event);
    },
  );
  expect(committed).toBeLessThan(end);
});

it('a suspect starts only when no other handler runs, including a handler that a fold left behind', async () => {
  // GIVEN a group that stops at a conflict, the handler behind it at work, and a suspect of another group
  wiring = fakeWiring({ onPoison: 'block' });
  await deliver(['1'], handle, { 1: { total: 1 } });
  asked.length = 0;
  const { opened, open } = gate();
  const by: Handle = async (event) => {
    if (event.subject === '2') {
      setImmediate(() => {
        wiring.clock.time += 21;
      });
      await opened;
    }
    return handle(event);
  };
  const answer = deliver(['0', '1', '2', 's'], by, { s: { group: 'other', receiveCount: 3 } });
  for (let turn = 0; turn < 20; turn++) await macrotask();
  const atOnce = asked.includes('2') && asked.includes('s');
  open();
  await answer;
  expect(atOnce).toBe(false);
});

it('a handler that a fold left behind and that never ends is named in the log when it ends the process', async () => {
  wiring = fakeWiring({ onPoison: 'block' });
  await deliver(['1'], handle, { 1: { total: 1 } });
  wiring.logged.length = 0;
  const by: Handle = async (event) => {
    if (event.subject === '2') {
      setImmediate(() => {
        wiring.clock.time += 21;
      });
      await new Promise(() => {});
    }
    return handle(event);
  };
  void deliver(['0', '1', '2'], by);
  for (let turn = 0; turn < 20; turn++) await macrotask();
  wiring.clock.time += 29_600;
  for (let turn = 0; turn < 20; turn++) await macrotask();
  const overdue = deliveriesOf(wiring).filter(({ code }) => code === 'HANDLER_TIMEOUT');
  expect(overdue).toHaveLength(wiring.ends.length);
});

it('a refusal of the store that names no record ends the fold', async () => {
  let commits = 0;
  onCommit((_, events) => {
    commits += 1;
    if (commits > 100) throw new Error('it goes on for ever');
    return events > 1 ? { kind: 'exists', found: [] } : undefined;
  });
  await deliver(['0', '1', '2']);
  expect(commits).toBeLessThan(100);
  expect(outcomes()).toEqual({ 'm-0': 'applied', 'm-1': 'applied', 'm-2': 'applied' });
});

it('a handler that reuses one list for all events loses no effect', async () => {
  const list: Effect[] = [];
  // GIVEN one of them that was applied before, so that the others are committed once more
  await deliver(['0']);
  await deliver(['0', '1', '2'], ({ subject }) => {
    list.length = 0;
    list.push(increment('ledger', { orderId: subject }, { times: 1 }));
    return list;
  });
  expect(recordOf('1')).toMatchObject({ status: 'COMPLETED' });
  expect(wiring.memory.tables.items('ledger').map(({ orderId }) => orderId)).toEqual(['all', '1', '2']);
});

it('an event with a value that an index refuses is refused even if it writes a whole item', async () => {
  onCommit((effects) =>
    effects.some((effect) => effect.kind === 'put' && effect.item.customer === '')
      ? { kind: 'refused', by: 'request', effects: [0], reason: 'ValidationError' }
      : undefined,
  );
  await deliver(['0', '1'], ({ subject }) => [
    put(orders, { orderId: 'latest', customer: subject === '0' ? '' : 'x' }),
    counted(),
  ]);
  expect(outcomes()).toEqual({ 'm-0': 'failed' });
  expect(recordOf('0')).toMatchObject({ attempts: 1 });
  expect(sums()).toBeUndefined();
});

it('the fingerprint of an event of an external handler is computed once', async () => {
  let reads = 0;
  const consumer = createConsumer(
    {
      name: 'orders',
      parse: ({ body }) => {
        const { data, ...event } = parseOrderEvent({ body });
        return Object.defineProperty(event as OrderEvent, 'data', {
          enumerable: true,
          get: () => {
            reads += 1;
            return data;
          },
        });
      },
      guarantee: atLeastOnce({ providerKeyRetention: Number.POSITIVE_INFINITY }),
      handle: async () => {},
    },
    wiring,
  );
  const records = Array.from({ length: 10 }, (_, n) =>
    sqsRecord(anOrder({ subject: `${n}` }), { messageId: `m-${n}` }),
  );
  await consumer(sqsEvent(...records), remaining());
  expect(reads).toBeLessThanOrEqual(10);
});

it.each([
  ['effects', 0],
  ['acts outside', 1],
])("an event without a canonical form, from the user's own parser, does not disturb the batch: %s", async (_, kind) => {
  const parse = ({ body }: ReceivedMessage) => {
    const event = parseOrderEvent({ body });
    return event.subject === '1' ? { ...event, data: { ...event.data, total: 1n as never } } : event;
  };
  const guarantees = [
    createConsumer({ name: 'orders', parse, guarantee: exactlyOnce(), handle }, wiring),
    createConsumer(
      {
        name: 'orders',
        parse,
        guarantee: atLeastOnce({ providerKeyRetention: Number.POSITIVE_INFINITY }),
        handle: async () => {},
      },
      wiring,
    ),
  ];
  const records = ['0', '1', '2'].map((id) =>
    sqsRecord(anOrder({ subject: id }), { messageId: `m-${id}`, group: id === '2' ? 'other' : 'one' }),
  );
  const { batchItemFailures = [] } = (await guarantees[kind]?.(sqsEvent(...records), remaining())) ?? {};
  expect(batchItemFailures).not.toContainEqual({ itemIdentifier: 'm-2' });
  expect(outcomes()).toMatchObject({ 'm-0': 'applied', 'm-2': 'applied' });
});

describe('a fold does not change', () => {
  it('two messages of one event in one batch: the handler runs for each, the effects happen once', async () => {
    await deliver(['0', '0', '1']);
    expect(recordOf('0')).toMatchObject({ status: 'COMPLETED', messageId: 'm-0' });
    expect(sums()).toMatchObject({ times: 2 });
  });

  it('the result for a parser that returns one object for two messages of one event', async () => {
    const event = anOrder({ subject: '0' });
    const consumer = createConsumer(
      { name: 'orders', parse: () => event, guarantee: exactlyOnce(), handle },
      wiring,
    );
    const records = ['a', 'b'].map((messageId) => sqsRecord(event, { messageId }));
    await expect(consumer(sqsEvent(...records), remaining())).resolves.toEqual({ batchItemFailures: [] });
    expect(sums()).toMatchObject({ times: 1 });
  });
});
