import { parseOrderEvent } from '../../../contract/orders/order-event.ts';
import {
  atLeastOnce,
  atMostOnce,
  createConsumer,
  exactlyOnce,
  type Guarantee,
  NotExecutedError,
  PermanentError,
} from '../../../runtime/index.ts';
import { anOrder } from '../../support/orders.ts';
import { remaining, sqsEvent, sqsRecord } from '../../support/sqs.ts';
import { type FakeWiring, fakeWiring } from '../../support/wiring.ts';

let wiring: FakeWiring;
beforeEach(() => {
  wiring = fakeWiring();
});

type Of = Guarantee<'effects'> | Guarantee<'external'>;
const guarantees: readonly Of[] = [exactlyOnce(), atLeastOnce({ providerKeyRetention: 1e12 }), atMostOnce()];

function findDiscount(): never {
  throw new TypeError('no discount');
}

/** A delivery of one order, whose handler does that first. */
async function deliver(guarantee: Of, act: () => unknown, over: Parameters<typeof sqsRecord>[1] = {}) {
  const options = { name: 'shop', parse: parseOrderEvent };
  const effects = async () => {
    await act();
    return [];
  };
  const handler =
    guarantee.kind === 'effects'
      ? createConsumer({ ...options, guarantee, handle: effects }, wiring)
      : createConsumer({ ...options, guarantee, handle: async () => void (await act()) }, wiring);
  return await handler(sqsEvent(sqsRecord(anOrder(), over)), remaining());
}

function deliveries() {
  return wiring.logged.filter(({ message }) => message === 'delivery');
}

function warnings() {
  return wiring.logged.filter(({ level, message }) => level === 'WARN' && message !== 'delivery');
}

describe('the log line of a failed handler names the source line of the error', () => {
  it.each(
    guarantees.map((guarantee) => [guarantee.name, guarantee] as const),
  )('under %s', async (_, guarantee) => {
    await deliver(guarantee, () => findDiscount());
    const outcome = guarantee.name === 'at-most-once' ? 'unknown' : 'failed';
    const error = { name: 'TypeError', stack: expect.stringContaining('findDiscount') };
    expect(deliveries()).toMatchObject([{ outcome, error }]);
  });

  it.each([
    ['refused it', (cause: unknown) => new PermanentError('no', { cause }), 'poison', 'PERMANENT'],
    [
      'knows that nothing happened',
      (cause: unknown) => new NotExecutedError('no', { cause }),
      'failed',
      'NOT_DONE',
    ],
  ])('with the cause, if it %s', async (_, errorOf, outcome, code) => {
    for (const guarantee of guarantees) {
      wiring = fakeWiring();
      await deliver(guarantee, () => {
        try {
          findDiscount();
        } catch (cause) {
          throw errorOf(cause);
        }
      });
      const cause = { message: 'no discount', stack: expect.stringContaining('findDiscount') };
      expect(deliveries()).toMatchObject([{ outcome, code, error: { code, cause } }]);
    }
  });

  it('if its attempts are used up, and the copy has the short form', async () => {
    for (let attempt = 0; attempt < 5; attempt++) {
      wiring.clock.time += 60_000;
      await deliver(exactlyOnce(), () => findDiscount());
    }
    expect(deliveries().at(-1)).toMatchObject({
      code: 'ATTEMPTS_EXHAUSTED',
      error: { stack: expect.stringContaining('findDiscount') },
    });
    expect(JSON.stringify(wiring.letters)).not.toContain('.ts:');
  });

  it('if its queue was about to delete the message', async () => {
    const sentAt = wiring.clock.now() - (4 * 86_400 - 60) * 1000;
    await deliver(exactlyOnce(), () => findDiscount(), { sentAt, firstReceived: sentAt });
    expect(deliveries()).toMatchObject([
      { code: 'RETENTION', error: { stack: expect.stringContaining('findDiscount') } },
    ]);
  });

  it('if its consumer blocks', async () => {
    wiring = fakeWiring({ onPoison: 'block' });
    await deliver(exactlyOnce(), () => Promise.reject(new PermanentError('no', { cause: 'a clue' })));
    expect(deliveries()).toMatchObject([{ outcome: 'blocked', error: { cause: { message: 'a clue' } } }]);
  });

  it('if its lease was lost meanwhile', async () => {
    await deliver(atLeastOnce({ providerKeyRetention: 1e12 }), () => {
      for (const [id, record] of wiring.memory.records) {
        wiring.memory.records.set(id, { ...record, ownerToken: 'another' });
      }
      findDiscount();
    });
    expect(deliveries()).toMatchObject([
      { outcome: 'fenced', error: { stack: expect.stringContaining('findDiscount') } },
    ]);
  });
});

it('the log line of a failed parser names the source line of the error', async () => {
  const parse = () => findDiscount();
  const handler = createConsumer({ name: 'shop', parse, guarantee: exactlyOnce(), handle: () => [] }, wiring);
  await handler(sqsEvent(sqsRecord('{}')), remaining());
  expect(deliveries()).toMatchObject([
    { outcome: 'poison', error: { cause: { stack: expect.stringContaining('findDiscount') } } },
  ]);
});

it('the log line of a failed fold names the source line of the error', async () => {
  wiring.store.befall('commit', () => findDiscount());
  const handler = createConsumer(
    { name: 'shop', parse: parseOrderEvent, guarantee: exactlyOnce(), handle: () => [] },
    wiring,
  );
  const records = ['1', '2'].map((id) => sqsRecord(anOrder({ id }), { messageId: id }));
  await handler(sqsEvent(...records), remaining());
  expect(deliveries()[0]).toMatchObject({
    outcome: 'applied',
    foldFailure: 'TypeError: no discount',
    foldError: { stack: expect.stringContaining('findDiscount') },
  });
});

describe('a failure that changes no outcome is logged as a warning', () => {
  const refuse = () => Promise.reject(new Error('AccessDenied'));
  const error = { message: 'AccessDenied' };

  it('if the queue does not hide a message', async () => {
    Object.assign(wiring, { visibility: { change: refuse } });
    await deliver(exactlyOnce(), () => findDiscount());
    expect(warnings()).toMatchObject([
      { consumer: 'shop', message: expect.stringContaining('did not hide'), error },
    ]);
  });

  it('if the queue does not delete messages before a suspect starts', async () => {
    Object.assign(wiring, { acknowledgements: { acknowledge: refuse } });
    const handler = createConsumer(
      { name: 'shop', parse: parseOrderEvent, guarantee: exactlyOnce(), handle: () => [] },
      wiring,
    );
    const suspect = sqsRecord(anOrder({ id: 's' }), { messageId: 's', group: 's', receiveCount: 3 });
    await handler(sqsEvent(sqsRecord(anOrder()), suspect), remaining());
    expect(warnings()[0]).toMatchObject({ message: expect.stringContaining('did not delete'), error });
  });

  it('if a failed attempt cannot be counted', async () => {
    wiring.store.befall('countAttempt', 'down');
    await deliver(exactlyOnce(), () => findDiscount());
    expect(deliveries()).toMatchObject([{ outcome: 'failed', code: 'TypeError' }]);
    expect(warnings()).toMatchObject([
      {
        message: 'A failed attempt of event event-of-536365 could not be counted',
        error: { message: 'socket hang up' },
      },
    ]);
  });

  it('if a lease cannot be released', async () => {
    wiring.store.befall('release', 'down');
    await deliver(atLeastOnce({ providerKeyRetention: 1e12 }), () => findDiscount());
    expect(warnings()).toMatchObject([{ message: expect.stringContaining('could not be given back') }]);
  });

  it('if the count of a suspect cannot be taken back', async () => {
    wiring.store.befall('release', 'down', 'down');
    await deliver(exactlyOnce(), () => Promise.reject(new NotExecutedError('429')), { receiveCount: 3 });
    expect(warnings()).toMatchObject([{ message: expect.stringContaining('stays counted') }]);
  });

  it('if a message cannot be copied before its queue deletes it', async () => {
    Object.assign(wiring, { deadLetters: { send: refuse } });
    const sentAt = wiring.clock.now() - (4 * 86_400 - 60) * 1000;
    await deliver(exactlyOnce(), () => findDiscount(), { sentAt, firstReceived: sentAt });
    expect(warnings()).toMatchObject([{ message: expect.stringContaining('could not be copied'), error }]);
  });

  it('if the record of a saved message cannot be written', async () => {
    wiring.store.befall('quarantine', 'down');
    const sentAt = wiring.clock.now() - (4 * 86_400 - 60) * 1000;
    await deliver(exactlyOnce(), () => findDiscount(), { sentAt, firstReceived: sentAt });
    expect(warnings()).toMatchObject([{ message: expect.stringContaining('its record does not say so') }]);
  });

  it('if the record of a refused event, which a skip needs, cannot be written', async () => {
    wiring = fakeWiring({ onPoison: 'block' });
    wiring.store.befall('countAttempt', 'down');
    await deliver(exactlyOnce(), () => Promise.reject(new PermanentError('no')));
    expect(warnings()).toMatchObject([{ message: expect.stringContaining('no skip of its message') }]);
  });

  it('at most ten times per batch', async () => {
    Object.assign(wiring, { visibility: { change: refuse } });
    wiring.store.befall('commit', ...Array<'down'>(100).fill('down'));
    const handler = createConsumer(
      { name: 'shop', parse: parseOrderEvent, guarantee: exactlyOnce(), handle: () => [] },
      wiring,
    );
    const records = Array.from({ length: 20 }, (_, index) =>
      sqsRecord(anOrder({ id: String(index) }), { messageId: String(index), group: String(index) }),
    );
    await handler(sqsEvent(...records), remaining());
    expect(warnings()).toHaveLength(10);
    expect(warnings().at(-1)).toMatchObject({ more: expect.stringContaining('left out') });
  });
});
