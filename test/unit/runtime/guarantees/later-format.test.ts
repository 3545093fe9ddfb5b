import { exactlyOnce, resolve, skip } from '../../../../runtime/index.ts';
import { anOrder } from '../../../support/orders.ts';
import { atLeast, shop, shopKey } from '../../../support/shop.ts';
import { remaining, sqsEvent, sqsRecord } from '../../../support/sqs.ts';
import { type FakeWiring, fakeWiring } from '../../../support/wiring.ts';

/** A new version wrote a record, and a rollback brought this one back. */
describe.each([
  ['exactly-once', exactlyOnce()],
  ['at-least-once', atLeast],
] as const)('a record of a later format under %s', (name, guarantee) => {
  let wiring: FakeWiring;
  beforeEach(() => {
    wiring = fakeWiring();
  });

  /** The record of an order that was applied, and that a later version has changed. */
  async function given(over: object): Promise<object> {
    const handled = shop(wiring, guarantee, () => {});
    await handled(sqsEvent(sqsRecord(anOrder({ subject: '1' }), { messageId: 'first' })), remaining());
    const record = { ...wiring.memory.records.get(shopKey('1')), format: 2, ...over } as never;
    wiring.memory.records.set(shopKey('1'), record);
    wiring.logged.length = 0;
    return record;
  }

  it.each([
    { status: 'COMPLETED' },
    { status: 'RETRYING' },
    { status: 'QUARANTINED' },
    { status: 'INPROGRESS', leaseUntil: 1 },
    { status: 'OUTCOME_UNKNOWN', expiration: undefined },
    { status: 'COMPLETED', expiration: 1 },
  ])('makes its message wait, and does not change: $status', async (over) => {
    const record = await given(over);
    for (const receiveCount of [1, 4]) {
      const again = sqsRecord(anOrder({ subject: '1' }), { messageId: 'again', receiveCount });
      const { batchItemFailures } = await shop(wiring, guarantee, () => {})(sqsEvent(again), remaining());
      expect(batchItemFailures).toEqual([{ itemIdentifier: 'again' }]);
    }
    expect(wiring.memory.records.get(shopKey('1'))).toEqual(record);
    expect(wiring.letters).toEqual([]);
    expect(wiring.logged.filter(({ message }) => message === 'delivery').at(-1)).toMatchObject({
      outcome: 'failed',
      code: 'CONFIGURATION',
      reason:
        `The record ${shopKey('1')} has format 2, and this version knows formats up to 1: ` +
        'deploy the version that wrote it',
    });
  });

  it('makes its message and its followers wait if they would be committed together', async () => {
    const record = await given({});
    const three = ['0', '1', '2'].map((subject) => sqsRecord(anOrder({ subject }), { messageId: subject }));
    const { batchItemFailures } = await shop(wiring, guarantee, () => {})(sqsEvent(...three), remaining());
    expect(batchItemFailures).toEqual([{ itemIdentifier: '1' }, { itemIdentifier: '2' }]);
    expect(wiring.memory.records.get(shopKey('1'))).toEqual(record);
  });

  it('is neither resolved nor skipped by an operator of this version', async () => {
    const record = await given({ status: 'OUTCOME_UNKNOWN', ownerToken: 'token', blocked: 'first' });
    const unknown = { store: wiring.memory, id: shopKey('1'), attempt: 'token' };
    const done = resolve({ ...unknown, as: 'done', recordTtlSeconds: 3_888_000 });
    await expect(done).rejects.toThrow('has format 2');
    await expect(resolve({ ...unknown, as: 'retry', send: async () => {} })).rejects.toThrow('has format 2');
    const skipped = skip({ store: wiring.memory, id: shopKey('1'), messageId: 'first' });
    await expect(skipped).rejects.toThrow('deploy the version that wrote it');
    expect(wiring.memory.records.get(shopKey('1'))).toEqual(record);
    expect(name).toBe(guarantee.name);
  });
});
