import type { SQSRecord } from 'aws-lambda';
import { parseOrderEvent } from '../../../contract/orders/order-event.ts';
import {
  atLeastOnce,
  atMostOnce,
  type ConsumerHandler,
  createConsumer,
  exactlyOnce,
  increment,
  PermanentError,
  UnclearError,
} from '../../../runtime/index.ts';
import type { ConsumerDependencies } from '../../../runtime/ports/dependencies.ts';
import { extractMetrics } from '../../support/cloudwatch/metric-data.ts';
import { anOrder } from '../../support/orders.ts';
import { type RecordOptions, remaining, sqsEvent, sqsRecord } from '../../support/sqs.ts';
import { settled } from '../../support/timeline.ts';
import { type FakeWiring, fakeWiring } from '../../support/wiring.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

/** A run of the consumer `bookings` of the stack `Shop`, in memory and on a virtual clock. */
export class Run {
  readonly wiring: FakeWiring;
  readonly startedAt: number;

  constructor(over: Partial<ConsumerDependencies> = {}) {
    this.wiring = fakeWiring({ service: 'Shop', ...over });
    this.startedAt = this.wiring.clock.now();
  }

  /** A consumer under exactly-once. */
  effects(act: (orderId: string) => void = () => {}): ConsumerHandler {
    const handle = ({ data: { orderId } }: { data: { orderId: string } }) => {
      act(orderId);
      return [increment('ledger', { orderId }, { times: 1 })];
    };
    return createConsumer({ ...this.#named, guarantee: exactlyOnce(), handle }, this.wiring);
  }

  /** A consumer whose effect is outside of the database. */
  external(guarantee: 'at-least-once' | 'at-most-once', handle: () => Promise<void>): ConsumerHandler {
    return guarantee === 'at-most-once'
      ? createConsumer({ ...this.#named, guarantee: atMostOnce(), handle }, this.wiring)
      : createConsumer(
          { ...this.#named, guarantee: atLeastOnce({ providerKeyRetention: 1e9 }), handle },
          this.wiring,
        );
  }

  readonly #named = { name: 'bookings', parse: parseOrderEvent };

  /** An order that SQS received now, in a group of its own. */
  order(id: string, options: RecordOptions = {}, total = 15.3): SQSRecord {
    const record = { messageId: `m-${id}`, group: id, sentAt: this.wiring.clock.now(), ...options };
    return sqsRecord(anOrder({ subject: id }, { total }), record);
  }

  /** Milliseconds. */
  pass(ms: number): void {
    this.wiring.clock.time += ms;
  }

  get metrics() {
    return extractMetrics(this.wiring.logged);
  }

  get span() {
    return { from: this.startedAt, to: this.wiring.clock.now() + 1 };
  }
}

/** For each alarm on the runtime's own metrics: a run with the failure that it is for. */
export const failures = {
  async CommonFailure() {
    const run = new Run();
    const broken = run.effects(() => {
      throw new TypeError('event.price is undefined');
    });
    for (let id = 0; id < 25; id++) await broken(sqsEvent(run.order(String(id))), remaining());
    return run;
  },
  async OutcomeUnknown() {
    const run = new Run();
    const unclear = run.external('at-most-once', () => Promise.reject(new UnclearError('no answer')));
    await unclear(sqsEvent(run.order('1')), remaining());
    return run;
  },
  async Conflict() {
    const run = new Run();
    const consumer = run.effects();
    await consumer(sqsEvent(run.order('1')), remaining());
    await consumer(sqsEvent(run.order('1', { messageId: 'other' }, 99)), remaining());
    return run;
  },
  async OutOfWindow() {
    const run = new Run();
    await run.effects()(sqsEvent(run.order('1', { sentAt: run.startedAt - 50 * day })), remaining());
    return run;
  },
  async Fenced() {
    const run = new Run();
    let end = () => {};
    const slow = run.external(
      'at-least-once',
      () =>
        new Promise((resolve) => {
          end = resolve;
        }),
    );
    const first = slow(sqsEvent(run.order('1')), remaining(20_000));
    await settled();
    // The process of the first delivery stands still until another delivery has the lease.
    run.pass(5 * minute);
    const second = run.external('at-least-once', async () => {})(sqsEvent(run.order('1')), remaining());
    await settled();
    end();
    await Promise.all([first, second]);
    return run;
  },
  async Blocked() {
    const run = new Run({ onPoison: 'block' });
    const refusing = run.effects(() => {
      throw new PermanentError('no such seat');
    });
    await refusing(sqsEvent(run.order('1')), remaining());
    return run;
  },
  OldestMessage: () => waitingFor(30 * minute),
  NearRetention: () => waitingFor(3.1 * day),
} as const;

/** A message whose handler fails for so long. SQS leaves its age out, because it was received several times. */
async function waitingFor(ms: number): Promise<Run> {
  const run = new Run();
  const failing = run.external('at-least-once', () => Promise.reject(new UnclearError('no answer')));
  const sentAt = run.startedAt;
  for (let receiveCount = 1; run.wiring.clock.now() <= sentAt + ms; receiveCount++) {
    await failing(sqsEvent(run.order('1', { sentAt, receiveCount })), remaining());
    run.pass(7 * minute);
  }
  return run;
}

/** A run in which nothing is wrong: orders are applied, some arrive twice, and a few wait for half a minute. */
export async function healthyRun(): Promise<Run> {
  const run = new Run();
  let fails = false;
  const consumer = run.effects(() => {
    if (fails) throw new Error('a passing failure');
  });
  for (let id = 0; id < 100; id++) {
    const record = run.order(String(id));
    fails = id % 20 === 0;
    await consumer(sqsEvent(record), remaining());
    fails = false;
    run.pass(minute / 2);
    await consumer(sqsEvent(record), remaining());
    await consumer(sqsEvent(record), remaining());
  }
  return run;
}
