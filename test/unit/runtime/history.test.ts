import { bodyKey, businessKey, idempotencyKey } from '../../../contract/event/identity.ts';
import { letterKey } from '../../../contract/record/attention.ts';
import { type ConsumerHistory, historyKey, isHistoryKey } from '../../../contract/record/history.ts';
import { isEventKey } from '../../../contract/record/record-keys.ts';
import { atLeastOnce, exactlyOnce, memoryStore } from '../../../runtime/index.ts';
import { anOrder } from '../../support/orders.ts';
import { reasonsOf, shop, shopKey } from '../../support/shop.ts';
import { remaining, sqsEvent, sqsRecord } from '../../support/sqs.ts';
import { type FakeWiring, fakeWiring } from '../../support/wiring.ts';

const hour = 3_600_000;
const start = 1_700_000_000_000;

describe('the history of a consumer', () => {
  let wiring: FakeWiring;
  let written: ConsumerHistory[];
  /** What befalls the next writes. */
  let faults: (() => unknown)[];
  beforeEach(() => {
    wiring = fakeWiring();
    written = [];
    faults = [];
    wiring.store.recordHistory = async (history) => {
      written.push(history);
      await faults.shift()?.();
      return (await wiring.memory.recordHistory?.(history)) ?? history;
    };
  });
  let messages = 0;
  const records = (...subjects: string[]) =>
    sqsEvent(
      ...subjects.map((subject) => {
        messages += 1;
        return sqsRecord(anOrder({ subject }), { messageId: `m${messages}`, sentAt: wiring.clock.now() });
      }),
    );
  const process = (over: Partial<FakeWiring> = {}) => shop({ ...wiring, ...over }, exactlyOnce(), () => {});
  const histories = () => [...wiring.memory.histories.values()];
  const warnings = () => wiring.logged.filter(({ level }) => level === 'WARN');

  it('is written once for each process, beside its first delivery, which needs one request as ever', async () => {
    const consumer = process();
    await consumer(records('a'), remaining());
    await consumer(records('b', 'c'), remaining());
    expect(written).toEqual([{ consumer: 'shop', beganAt: start }]);
    expect(wiring.store.calls).toEqual(['commit', 'commit']);
    expect(histories()).toEqual(written);
  });

  it('is started before the first delivery waits for anything', async () => {
    wiring.store.befall('commit', () => expect(written).toHaveLength(1));
    await process()(records('a'), remaining());
    expect(wiring.memory.records.get(shopKey('a'))).toMatchObject({ status: 'COMPLETED' });
  });

  it('is not written by an invocation without a message', async () => {
    await process()(sqsEvent(), remaining());
    expect(written).toEqual([]);
  });

  it('says since when the consumer took over', async () => {
    await process({ historyFrom: start - 24 * hour })(records('a'), remaining());
    expect(histories()).toEqual([{ consumer: 'shop', from: start - 24 * hour, beganAt: start }]);
  });

  it('fails no delivery if the store does not write it, and the next invocation tries again', async () => {
    const down = () => {
      throw new Error('AccessDenied');
    };
    faults = [down, down];
    const consumer = process();
    for (const subject of ['a', 'b', 'c', 'd']) {
      await expect(consumer(records(subject), remaining())).resolves.toEqual({ batchItemFailures: [] });
    }
    expect(written).toHaveLength(3);
    expect(histories()).toHaveLength(1);
    expect(warnings()).toMatchObject([
      { message: expect.stringContaining('history of the consumer shop is not written yet') },
      { message: expect.stringContaining('history of the consumer shop is not written yet') },
    ]);
  });

  it('holds up an invocation for at most a second, and is not begun again while it is pending', async () => {
    faults = [() => new Promise(() => {})];
    const consumer = process();
    const first = consumer(records('a'), remaining());
    await new Promise(setImmediate);
    expect(wiring.clock.waiting).toBeGreaterThan(0);
    wiring.clock.time += 1000;
    await expect(first).resolves.toEqual({ batchItemFailures: [] });
    const second = consumer(records('b'), remaining());
    await new Promise(setImmediate);
    wiring.clock.time += 1000;
    await second;
    expect(written).toHaveLength(1);
  });

  it('does not hold up an invocation that is about to end', async () => {
    faults = [() => new Promise(() => {})];
    wiring.store.befall('commit', () => {
      wiring.clock.time += remaining().getRemainingTimeInMillis() - 450;
    });
    await expect(process()(records('a'), remaining())).resolves.toEqual({ batchItemFailures: [] });
    expect(written).toHaveLength(1);
  });

  it('is in the store of the guarantee', async () => {
    const own = memoryStore();
    const guarantee = atLeastOnce({ providerKeyRetention: Number.POSITIVE_INFINITY, store: own });
    await shop(wiring, guarantee, () => {})(records('a'), remaining());
    expect([...own.histories.keys()]).toEqual(['shop']);
    expect(written).toEqual([]);
  });

  it('is left to a store that keeps none', async () => {
    const { recordHistory: _, ...own } = memoryStore();
    const guarantee = atLeastOnce({ providerKeyRetention: Number.POSITIVE_INFINITY, store: own });
    await shop(wiring, guarantee, () => {})(records('a'), remaining());
    expect(warnings()).toEqual([]);
  });

  it('is not changed by another setting, and the log names both', async () => {
    await process()(records('a'), remaining());
    const other = process({ historyFrom: start - hour });
    await other(records('b'), remaining());
    await other(records('c'), remaining());
    expect(histories()).toEqual([{ consumer: 'shop', beganAt: start }]);
    expect(warnings()).toMatchObject([
      {
        message: expect.stringMatching(
          /^The item shop#%history .* is new, and "history" .* begins at 2023-11-14T21:13:20.000Z/,
        ),
      },
    ]);
  });

  it('has a key that belongs to no event, body or message', () => {
    const key = historyKey('shop');
    const others = [
      idempotencyKey('shop', { source: '%history', id: '1' }),
      idempotencyKey('shop', { source: '#', id: '#%history' }),
      businessKey('shop', '#%history'),
      bodyKey('shop', '{}'),
      letterKey('shop', 'm1'),
      letterKey('shop', '#%history'),
    ];
    expect([key, ...others].filter(isHistoryKey)).toEqual([key]);
    expect([key, ...others].filter(isEventKey)).toEqual(others.slice(0, 3));
  });
});

describe('an event from before the history of its consumer', () => {
  const from = start - 24 * hour;
  /** First published this long before the history. */
  async function delivered(before: number, over: Partial<FakeWiring> = {}) {
    const wiring = fakeWiring({ historyFrom: from, ...over });
    const published = { dataType: 'Number' as const, stringValue: String(from - before) };
    const attributes = { 'first-published': published };
    const record = sqsRecord(anOrder({ subject: 'a' }), { attributes, sentAt: start });
    const deliver = () => shop(wiring, exactlyOnce(), () => {})(sqsEvent(record), remaining());
    return { wiring, deliver, outcome: () => wiring.logged.at(-1)?.outcome ?? wiring.logged.at(-2)?.outcome };
  }
  const outcomesOf = ({ logged }: FakeWiring) => logged.flatMap(({ outcome }) => outcome ?? []);

  it('goes to the dead-letter queue, because something else may have applied it', async () => {
    const { wiring, deliver } = await delivered(hour + 1);
    await deliver();
    expect(outcomesOf(wiring)).toEqual(['out-of-window']);
    expect(reasonsOf(wiring.letters)).toMatchObject([
      { code: 'OUT_OF_WINDOW', message: expect.stringContaining('before 2023-11-13T22:13:20.000Z') },
    ]);
    expect(wiring.memory.records.get(shopKey('a'))).toBeUndefined();
    expect(wiring.memory.tables.items('ledger')).toEqual([]);
  });

  it.each([
    hour,
    0,
    -hour,
  ])('is new if it was published %d ms before it, since clocks may be an hour slow', async (ms) => {
    const { wiring, deliver } = await delivered(ms);
    await deliver();
    expect(outcomesOf(wiring)).toEqual(['applied']);
  });

  it('is decided by its record, if it has one', async () => {
    const { wiring, deliver } = await delivered(48 * hour);
    await shop({ ...wiring, historyFrom: 0 }, exactlyOnce(), () => {})(
      sqsEvent(sqsRecord(anOrder({ subject: 'a' }), { messageId: 'm0', sentAt: start })),
      remaining(),
    );
    await deliver();
    expect(outcomesOf(wiring)).toEqual(['applied', 'duplicate']);
  });

  it('never blocks its group with its body', async () => {
    const { wiring, deliver } = await delivered(hour + 1, { onPoison: 'block' } as Partial<FakeWiring>);
    await deliver();
    expect(outcomesOf(wiring)).toEqual(['out-of-window']);
  });

  it('is new for a consumer without a past', async () => {
    const { wiring, deliver } = await delivered(48 * hour, { historyFrom: undefined } as never);
    await deliver();
    expect(outcomesOf(wiring)).toEqual(['applied']);
  });
});
