import { bodyKey } from '../../../contract/event/identity.ts';
import { parseOrderEvent } from '../../../contract/orders/order-event.ts';
import { createConsumer, exactlyOnce, increment, put } from '../../../runtime/index.ts';
import { deliveriesOf } from '../../support/deliver-orders.ts';
import { anOrder } from '../../support/orders.ts';
import { type Act, atLeast, shop, shopKey } from '../../support/shop.ts';
import { remaining, sqsEvent, sqsRecord } from '../../support/sqs.ts';
import { type FakeWiring, fakeWiring } from '../../support/wiring.ts';

const guarantees = [
  { name: 'exactly-once', guarantee: exactlyOnce() },
  { name: 'at-least-once', guarantee: atLeast },
] as const;

let wiring: FakeWiring;
let begun: number;
beforeEach(() => {
  wiring = fakeWiring();
  begun = wiring.clock.now();
});

const event = () => anOrder({ subject: '1' });
const suspect = () => sqsEvent(sqsRecord(event(), { messageId: 'm1', receiveCount: 3 }));
const record = () => wiring.memory.records.get(shopKey('1'));
const recordOfBody = () => wiring.memory.records.get(bodyKey('shop', JSON.stringify(event())));
const line = () => deliveriesOf(wiring).at(-1);

/** Holds up a request until the suspect's count is taken back: shortly before the end of an invocation of 30 s. */
const untilTakenBack = async () => {
  wiring.clock.time = begun + 29_300;
  for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
};
const fails: Act = () => {
  throw new TypeError('total is undefined');
};

describe.each(guarantees)('a suspect under $name whose count is taken back', ({ guarantee }) => {
  it('while the record of its failure is held up, is counted all the same', async () => {
    wiring.store.befall('release', untilTakenBack);
    await shop(wiring, guarantee, fails)(suspect(), remaining());
    expect(line()).toMatchObject({ outcome: 'failed', reason: 'total is undefined', attempts: 1 });
    expect(record()).toMatchObject({
      status: 'RETRYING',
      attempts: 1,
      attemptState: 'FAILED',
      lastError: 'total is undefined',
    });
    expect(record()?.leaseUntil).toBeUndefined();
  });

  it.each([
    'undecided',
    'contended',
  ] as const)('and whose record of its failure is %s after that, is counted once', async (fault) => {
    wiring.store.befall('release', untilTakenBack);
    const second = guarantee.name === 'exactly-once' ? 'countAttempt' : 'release';
    // The count of exactly-once before the handler, or the release that takes the count back, is the first.
    const { store } = wiring;
    const act: Act = () => {
      store.befall(second, ...(second === 'release' ? [() => {}] : []), fault);
      return fails('1');
    };
    await shop(wiring, guarantee, act)(suspect(), remaining());
    expect(line()).toMatchObject({ outcome: 'failed', attempts: 1 });
    expect(record()).toMatchObject({ status: 'RETRYING', attempts: 1, attemptState: 'FAILED' });
  });

  it('is a duplicate if another delivery has applied its event meanwhile', async () => {
    wiring.store.befall('release', async () => {
      await untilTakenBack();
      const held = record();
      if (held === undefined) throw new Error('there is no record');
      wiring.memory.records.set(shopKey('1'), {
        ...held,
        status: 'COMPLETED',
        ownerToken: 'of-another',
        messageId: 'm2',
      });
    });
    await shop(wiring, guarantee, fails)(suspect(), remaining());
    // Under a lease nobody looks for more than that it is lost.
    expect(line()).toMatchObject({ outcome: guarantee.name === 'exactly-once' ? 'duplicate' : 'fenced' });
    expect(record()).toMatchObject({ status: 'COMPLETED', ownerToken: 'of-another' });
  });
});

it('a suspect whose effects are refused after its count was taken back is counted', async () => {
  const handle = ({ subject }: { readonly subject?: string | undefined }) =>
    subject === '0'
      ? [put('ledger', { orderId: '1', times: 'many' })]
      : [increment('ledger', { orderId: '1' }, { times: 1 })];
  const consumer = createConsumer(
    { name: 'shop', parse: parseOrderEvent, guarantee: exactlyOnce(), handle },
    wiring,
  );
  await consumer(sqsEvent(sqsRecord(anOrder({ subject: '0' }))), remaining());
  wiring.store.befall('commit', untilTakenBack);
  await consumer(suspect(), remaining());
  expect(line()).toMatchObject({ outcome: 'failed', attempts: 1 });
  expect(record()).toMatchObject({ status: 'RETRYING', attempts: 1, attemptState: 'FAILED' });
});

it('a suspect under at-least-once whose count is taken back while its claim is held up gives its lease back', async () => {
  wiring.store.befall('claim', 'undecided', untilTakenBack);
  const handled: string[] = [];
  await shop(wiring, atLeast, (id) => void handled.push(id))(suspect(), remaining());
  expect(handled).toEqual([]);
  expect(line()).toMatchObject({ outcome: 'failed', code: 'STORE_BUSY' });
  expect(record()).toMatchObject({ status: 'RETRYING', attempts: 0 });
  expect(record()?.leaseUntil).toBeUndefined();
});

it('a parser that fails while its count is taken back is counted, and its body waits for another try', async () => {
  wiring.store.befall('body release', untilTakenBack);
  const parse = () => {
    throw new TypeError('lines is not iterable');
  };
  await shop(wiring, atLeast, () => {}, { parse })(suspect(), remaining());
  expect(line()).toMatchObject({ outcome: 'failed', code: 'PARSER_FAILED', attempts: 1 });
  expect(recordOfBody()).toMatchObject({ status: 'RETRYING', attempts: 1, attemptState: 'FAILED' });
});

it('a body that is read while its count is taken back has no attempts left, and waits under no lease', async () => {
  wiring.memory.records.set(bodyKey('shop', JSON.stringify(event())), {
    status: 'RETRYING',
    fingerprint: 'body',
    ownerToken: 'of-the-first',
    guarantee: 'at-least-once',
    attempts: 3,
    attemptState: 'FAILED',
    firstAttemptAt: begun,
    expiration: begun / 1000 + 86_400,
  });
  wiring.store.befall('body release', untilTakenBack);
  await shop(wiring, atLeast, () => {})(suspect(), remaining());
  expect(recordOfBody()).toMatchObject({ status: 'RETRYING', attempts: 0 });
});
