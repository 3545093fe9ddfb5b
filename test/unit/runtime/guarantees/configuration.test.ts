import { ConfigurationError } from '../../../../contract/errors.ts';
import { isBodyKey } from '../../../../contract/event/identity.ts';
import { parseOrderEvent } from '../../../../contract/orders/order-event.ts';
import { isEventKey } from '../../../../contract/record/record-keys.ts';
import {
  atMostOnce,
  createConsumer,
  dynamoDbEffectStore,
  type Effect,
  exactlyOnce,
  increment,
  put,
  raw,
  remove,
} from '../../../../runtime/index.ts';
import { failure } from '../../../support/dynamodb/answer.ts';
import { connect } from '../../../support/dynamodb/connect.ts';
import { memoryDynamoDb } from '../../../support/dynamodb/memory-dynamodb.ts';
import { anOrder } from '../../../support/orders.ts';
import { atLeast, shop } from '../../../support/shop.ts';
import { remaining, sqsEvent, sqsRecord } from '../../../support/sqs.ts';
import { type FakeWiring, fakeWiring } from '../../../support/wiring.ts';

/** What DynamoDB answers to a transaction in the place of its own answer. */
let refusal: string | undefined;
let wiring: FakeWiring;
let items: ReturnType<typeof memoryDynamoDb>;
beforeEach(() => {
  refusal = undefined;
  items = memoryDynamoDb({ records: ['id'], orders: ['orderId'], ledger: ['orderId'] });
  const client = connect(items, async ({ operation, arrive }) =>
    refusal !== undefined && operation === 'TransactWriteItems' ? failure(refusal, 'no') : arrive(),
  );
  wiring = fakeWiring({ store: dynamoDbEffectStore({ table: 'records', client }) });
});

/** Ten healthy events of three groups, delivered so often, each to a handler that is wrong. */
async function deliver(handle: () => readonly Effect[], receives = 1): Promise<void> {
  const consumer = createConsumer(
    { name: 'orders', parse: parseOrderEvent, guarantee: exactlyOnce(), handle },
    wiring,
  );
  const records = Array.from({ length: 10 }, (_, n) =>
    sqsRecord(anOrder({ subject: `${n}`, partitionkey: `g${n % 3}` }), {
      messageId: `m-${n}`,
      group: `g${n % 3}`,
    }),
  );
  for (let receive = 1; receive <= receives; receive++) {
    await consumer(sqsEvent(...records), remaining());
    wiring.clock.time += 60_000;
  }
}

const last = () => wiring.logged.findLast(({ message }) => message === 'delivery');
/** Of events; a suspect's body has a record beside them, and the consumer its history. */
const records = () => [...items.items('records').values()].filter(({ id }) => isEventKey(id?.S ?? ''));
const attempts = () => records().map((record) => record.attempts);

describe('a configuration error makes healthy events wait without a counted attempt, however often they are delivered', () => {
  const good = put('orders', { orderId: '1' });
  it.each<readonly [string, readonly Effect[], string]>([
    [
      'an empty table name',
      [good, put('', { orderId: '1' })],
      'Effect 2 of the handler\'s list (put) has ""',
    ],
    ['a blank one', [remove(' ', { orderId: '1' })], 'Effect 1 of the handler\'s list (remove) has " "'],
    [
      'a table name that is not set',
      [increment(undefined as unknown as string, { orderId: '1' }, { n: 1 })],
      "Effect 1 of the handler's list (increment) has undefined for its table name",
    ],
    [
      'a number for a table name',
      [put(5n as unknown as string, { orderId: '1' })],
      '(put) has a bigint for its table name',
    ],
    [
      'a raw write without a table name',
      [raw({ Delete: { TableName: undefined, Key: { orderId: { S: '1' } } } })],
      "Effect 1 of the handler's list (raw) has undefined for its table name",
    ],
    [
      'a table that is not there',
      [good, put('undefined-ledger', { orderId: '1' })],
      '1 (put on table "orders"), 2 (put on table "undefined-ledger")',
    ],
  ])('%s', async (_, effects, says) => {
    await deliver(() => effects, 7);
    expect(last()).toMatchObject({ outcome: 'failed', code: 'CONFIGURATION' });
    expect(last()?.attempts).toBeUndefined();
    expect(last()?.reason).toContain(says);
    expect(wiring.letters).toEqual([]);
    expect(attempts()).toEqual([]);
  });

  it('a missing permission', async () => {
    refusal = 'AccessDeniedException';
    await deliver(() => [good], 7);
    expect(last()).toMatchObject({ outcome: 'failed', code: 'CONFIGURATION' });
    expect(last()?.reason).toContain('1 (put on table "orders")');
    expect(wiring.letters).toEqual([]);
    // and the events are applied once it is granted
    refusal = undefined;
    await deliver(() => [good]);
    expect(last()).toMatchObject({ outcome: 'applied' });
  });

  it('a table that the store in memory does not have', async () => {
    wiring = fakeWiring();
    await deliver(() => [put('unknown', { orderId: '1' })], 7);
    expect(last()).toMatchObject({ outcome: 'failed', code: 'CONFIGURATION' });
    expect(last()?.reason).toContain('There is no table "unknown": the store has ledger, orders');
    expect(wiring.letters).toEqual([]);
  });
});

describe('a request that DynamoDB calls invalid is a counted attempt, never a dead letter at once', () => {
  it.each<readonly [string, readonly Effect[]]>([
    ['a key that was renamed', [put('orders', { id: '1' })]],
    ['a key of an increment that was renamed', [increment('ledger', { id: '1' }, { n: 1 })]],
    ['an item that is too large', [put('orders', { orderId: '1', text: 'x'.repeat(410_000) })]],
    ['a value that the client refuses', [put('orders', { orderId: '1', at: new Date(0) })]],
    ['a sum over a text', [increment('orders', { orderId: 'text' }, { note: 1 })]],
    [
      'an expression that is none',
      [raw({ Update: { TableName: 'orders', Key: { orderId: { S: '1' } }, UpdateExpression: 'SETT a' } })],
    ],
  ])('%s', async (_, effects) => {
    items.items('orders').set('text', { orderId: { S: 'text' }, note: { S: 'no number' } });
    await deliver(() => effects);
    expect(last()).toMatchObject({ outcome: 'failed', code: 'EFFECTS_REFUSED', attempts: 1 });
    expect(last()?.reason).toContain('effect 1');
    expect(wiring.letters).toEqual([]);
    // and a deployment that mends the handler applies them
    await deliver(() => [put('orders', { orderId: '1' })]);
    expect(last()).toMatchObject({ outcome: 'applied' });
  });

  describe('like an error of the handler', () => {
    const refused = () => [put('orders', { id: '1' })];
    const deliverOne = async (over: { readonly receiveCount?: number } = {}, handle = refused) => {
      const consumer = createConsumer(
        { name: 'orders', parse: parseOrderEvent, guarantee: exactlyOnce(), handle },
        wiring,
      );
      await consumer(sqsEvent(sqsRecord(anOrder(), { messageId: 'm-1', ...over })), remaining());
      wiring.clock.time += 30_000;
    };

    it('is counted once for a suspect, whose attempt is counted before its handler', async () => {
      await deliverOne({ receiveCount: 3 });
      expect(last()).toMatchObject({
        outcome: 'failed',
        code: 'EFFECTS_REFUSED',
        attempts: 1,
        suspect: true,
      });
      expect(attempts()).toEqual([{ N: '1' }]);
      expect(records()).toMatchObject([{ status: { S: 'RETRYING' } }]);
      // Whoever looks for the records of an event by its names does not find that of its body.
      const ofBody = [...items.items('records').values()].find(({ id }) => isBodyKey(id?.S ?? ''));
      expect(ofBody).toMatchObject({ source: { S: '' }, event_id: { S: '' } });
      expect(ofBody).not.toHaveProperty('sequence');
    });

    it('makes its group wait with onPoison block, and leaves a record in which it can be skipped', async () => {
      wiring = { ...wiring, onPoison: 'block' };
      for (let receive = 1; receive <= 5; receive++) await deliverOne();
      expect(last()).toMatchObject({ outcome: 'blocked', code: 'ATTEMPTS_EXHAUSTED' });
      expect(last()?.recordId).toBe([...items.items('records').keys()].find(isEventKey));
      expect(wiring.letters).toEqual([]);
    });

    it('does not change that an applied event is a duplicate, whatever its handler returns now', async () => {
      await deliverOne({}, () => [put('orders', { orderId: '1' })]);
      await deliverOne();
      expect(last()).toMatchObject({ outcome: 'duplicate' });
    });
  });

  it('does not include a failed condition of a raw effect, which is permanent at once', async () => {
    const exists = raw({
      ConditionCheck: {
        TableName: 'orders',
        Key: { orderId: { S: 'never' } },
        ConditionExpression: 'attribute_exists(orderId)',
      },
    });
    await deliver(() => [exists]);
    expect(last()).toMatchObject({ outcome: 'poison', code: 'PERMANENT' });
    expect(wiring.letters).toHaveLength(10);
  });
});

describe('a ConfigurationError of a handler is not counted against the event', () => {
  const misconfigured = () => {
    throw new ConfigurationError('TABLE_NAME is not set');
  };
  const record = () => wiring.memory.records.get('shop#urn:test#event-of-1');
  const deliverTo = async (guarantee: Parameters<typeof shop>[1]) => {
    wiring = fakeWiring();
    const consumer = shop(wiring, guarantee, misconfigured);
    for (let receive = 1; receive <= 7; receive++) {
      const message = sqsRecord(anOrder({ subject: '1' }), { messageId: 'm-1', receiveCount: receive });
      await consumer(sqsEvent(message), remaining());
      wiring.clock.time += 60_000;
    }
  };

  it.each([
    ['exactly-once', exactlyOnce()],
    ['at-least-once', atLeast],
  ] as const)('%s: its event waits, suspect or not, and no attempt stays counted', async (_, guarantee) => {
    await deliverTo(guarantee);
    expect(last()).toMatchObject({ outcome: 'failed', code: 'CONFIGURATION' });
    expect(record()?.attempts ?? 0).toBe(0);
    expect(wiring.letters).toEqual([]);
  });

  it('at-most-once: the outcome is unknown, because the handler may have acted before', async () => {
    await deliverTo(atMostOnce());
    expect(record()).toMatchObject({ status: 'OUTCOME_UNKNOWN', lastError: 'TABLE_NAME is not set' });
  });
});
