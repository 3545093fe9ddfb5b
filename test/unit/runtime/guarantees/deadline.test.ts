import type { OrderEvent } from '../../../../contract/orders/order-event.ts';
import { atLeastOnce, atMostOnce, type ExternalHandler } from '../../../../runtime/index.ts';
import { gate, settled, Timeline } from '../../../support/timeline.ts';

const guarantees = [
  { name: 'at-least-once', guarantee: atLeastOnce({ providerKeyRetention: 86_400_000 }) },
  { name: 'at-most-once', guarantee: atMostOnce() },
] as const;

/** 30 s, less the 500 ms in which nothing new begins, less 200 ms to record what became of the call. */
const handlerTime = 29_300;

describe.each(guarantees)('the signal of a handler under $name', ({ name, guarantee }) => {
  let t: Timeline;
  let signal: AbortSignal;
  let remainingTime: () => number;
  beforeEach(() => {
    t = new Timeline();
  });

  /** Keeps what the runtime gave, and waits for the call. */
  function waitsFor(call: (signal: AbortSignal) => Promise<unknown>): ExternalHandler<OrderEvent> {
    return async (_, context) => {
      ({ signal, remainingTime } = context);
      await call(context.signal);
    };
  }
  /** A call that ends as `fetch` does: with the reason of its signal. */
  const untilAborted = (given: AbortSignal) =>
    new Promise((_, reject) => {
      given.addEventListener('abort', () => reject(given.reason));
    });

  it('is aborted shortly before the deadline, with a reason that says so', async () => {
    const delivery = t.external(guarantee, waitsFor(untilAborted));
    await settled();
    expect(remainingTime()).toBe(handlerTime);
    t.clock.time += handlerTime - 1;
    await settled();
    expect(signal.aborted).toBe(false);
    t.clock.time += 1;
    const ending = await delivery;
    expect(signal.reason).toMatchObject({
      code: 'DEADLINE',
      message: expect.stringContaining('about to end'),
    });
    expect(ending.outcome).toBe(name === 'at-least-once' ? 'failed' : 'unknown');
    expect(ending.reason).toBe(signal.reason.message);
    expect(t.record?.status).toBe(name === 'at-least-once' ? 'RETRYING' : 'OUTCOME_UNKNOWN');
  });

  it('leaves time to record the outcome of the call, with more than one try', async () => {
    t.store.befall(name === 'at-least-once' ? 'release' : 'holdUnknown', 'contended', 'contended');
    const delivery = t.external(guarantee, waitsFor(untilAborted));
    await settled();
    t.clock.time += handlerTime;
    await delivery;
    expect(t.record?.status).toBe(name === 'at-least-once' ? 'RETRYING' : 'OUTCOME_UNKNOWN');
  });

  it('is waited for even if the handler ignores it', async () => {
    const slow = gate();
    let returned = false;
    const delivery = t
      .external(
        guarantee,
        waitsFor(() => slow.opened),
      )
      .finally(() => {
        returned = true;
      });
    await settled();
    t.clock.time += 29_999;
    await settled();
    expect(signal.aborted).toBe(true);
    expect(returned).toBe(false);
    slow.open();
    await expect(delivery).resolves.toMatchObject({ outcome: 'applied' });
  });

  it.each([
    ['returned', async () => {}],
    ['failed', () => Promise.reject(new Error('refused'))],
  ])('leaves no timer behind after the handler has %s', async (_, call) => {
    await t.external(guarantee, waitsFor(call));
    expect(t.clock.waiting).toBe(0);
    t.clock.time += 60_000;
    await settled();
    expect(signal.aborted).toBe(false);
  });

  it('leaves no timer behind a handler that throws synchronously', async () => {
    await t.external(guarantee, (_, context) => {
      ({ signal } = context);
      throw new Error('at once');
    });
    expect(t.clock.waiting).toBe(0);
  });

  it('is never aborted before the call, because a handler without time is not called', async () => {
    const handle = jest.fn(async () => {});
    t.store.befall('claim', () => {
      t.clock.time += handlerTime;
    });
    await expect(t.external(guarantee, handle)).resolves.toMatchObject({ code: 'STORE_BUSY' });
    expect(handle).not.toHaveBeenCalled();
    expect(t.record).toMatchObject({ status: 'RETRYING' });
  });
});
