import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import fc from 'fast-check';
import { type OrderEvent, parseOrderEvent } from '../../../contract/orders/order-event.ts';
import {
  atLeastOnce,
  atMostOnce,
  type ConsumerDependencies,
  type ConsumerHandler,
  createConsumer,
  exactlyOnce,
  type Guarantee,
  increment,
  NotExecutedError,
  PermanentError,
} from '../../../runtime/index.ts';
import { drain } from '../../support/event-source.ts';
import type { Fault, Step } from '../../support/faulty-store.ts';
import { FifoQueue } from '../../support/fifo-queue.ts';
import { anOrder } from '../../support/orders.ts';
import { FakeClock, fakeWiring } from '../../support/wiring.ts';

const groups = ['a', 'b', 'c', 'd'] as const;

/** How a call of a handler ends. */
type Ending = 'done' | 'fails' | 'not done' | 'refused' | 'dies';

interface Planned {
  readonly group: string;
  /** How the first calls for this message end; at most two, so that it is not given up for them. */
  readonly first: readonly Ending[];
  /** How all calls after those end. */
  readonly after: Ending;
}

/** A queue, and what befalls it. */
const histories = fc.record({
  messages: fc.array(
    fc.record({
      group: fc.constantFrom(...groups),
      first: fc.array(fc.constantFrom<Ending>('fails', 'not done', 'dies'), { maxLength: 2 }),
      after: fc.oneof(
        { weight: 3, arbitrary: fc.constant<Ending>('done') },
        { weight: 1, arbitrary: fc.constantFrom<Ending>('fails', 'refused', 'dies') },
      ),
    }),
    { minLength: 1, maxLength: 14 },
  ),
  /** Which invocations end before they begin: nothing but receive counts is left of them. */
  stillborn: fc.array(fc.boolean(), { maxLength: 8 }),
  befalls: fc.array(
    fc.tuple(
      fc.constantFrom<Step>('claim', 'complete', 'release', 'commit', 'countAttempt', 'quarantine'),
      fc.constantFrom<Fault>('down', 'lost', 'contended', 'undecided'),
    ),
    { maxLength: 2 },
  ),
  concurrency: fc.integer({ min: 1, max: 10 }),
  draw: fc.nat(99),
});
type History = typeof histories extends fc.Arbitrary<infer H> ? H : never;

const never = () => new Promise<never>(() => {});

/** One process of a function: nothing that it began goes on once it has ended. */
class Life {
  readonly ended: Promise<undefined>;
  end = () => {};
  #isOver = false;

  constructor() {
    this.ended = new Promise((resolve) => {
      this.end = () => {
        this.#isOver = true;
        resolve(undefined);
      };
    });
  }

  /** What a port does for this process. */
  port<Port extends object>(port: Port): Port {
    const whileAlive = async (call: () => unknown) => {
      if (this.#isOver) await never();
      const answer = await call();
      return this.#isOver ? await never() : answer;
    };
    return new Proxy(port, {
      get: (target, name) => {
        const value = Reflect.get(target, name);
        return typeof value === 'function'
          ? (...args: unknown[]) => whileAlive(() => value.apply(target, args))
          : value;
      },
    });
  }
}

class Play {
  readonly clock = new FakeClock();
  readonly queue = new FifoQueue(this.clock, { visibilityTimeout: 180 });
  readonly wiring = fakeWiring({
    clock: this.clock,
    visibility: { change: async (handles, seconds) => this.queue.hide(handles, seconds) },
    acknowledgements: { acknowledge: async (handles) => this.queue.remove(handles) },
  });
  /** Message ids, in the order in which their handlers did what they do. */
  readonly done: string[] = [];
  readonly #history: History;
  readonly #guarantee: Guarantee<'effects'> | Guarantee<'external'>;
  readonly #calls = new Map<string, number>();
  #life = new Life();

  constructor(history: History, guarantee: Guarantee<'effects'> | Guarantee<'external'>) {
    this.#history = history;
    this.#guarantee = guarantee;
    let draw = history.draw / 100;
    this.wiring.random.next = () => {
      draw = (draw + 0.37) % 1;
      return draw;
    };
    for (const [step, fault] of history.befalls) this.wiring.store.befall(step, fault);
    for (const [index, { group }] of history.messages.entries()) {
      this.queue.send(`m${index}`, group, anOrder({ subject: `m${index}`, partitionkey: group }));
    }
  }

  /** Gives the queue's messages to one process after the other until it is empty. */
  async run(): Promise<void> {
    let invocations = 0;
    const remove = this.queue.remove.bind(this.queue);
    this.queue.remove = (handles) => {
      for (const handle of handles) this.#expectSettled(handle.replace('receipt-of-', ''));
      remove(handles);
    };
    const invoke: ConsumerHandler = async (batch, context) => {
      this.#life = new Life();
      if (this.#history.stillborn[invocations++]) this.#life.end();
      const response = await this.#consumer()(batch, context);
      this.#expectExact(batch, response);
      return response;
    };
    await drain(this.queue, invoke, { died: () => this.#life.ended });
  }

  record(id: string) {
    return this.wiring.memory.records.get(`shop#urn:test#event-of-${id}`);
  }

  get ids(): string[] {
    return this.#history.messages.map((_, index) => `m${index}`);
  }

  get letters(): string[] {
    return [...new Set(this.wiring.letters.map(({ deduplicationId }) => deduplicationId))];
  }

  planned(id: string): Planned {
    return this.#history.messages[Number(id.slice(1))] as Planned;
  }

  #consumer(): ConsumerHandler {
    const life = this.#life;
    const wiring: ConsumerDependencies = {
      ...this.wiring,
      store: life.port(this.wiring.store),
      deadLetters: life.port(this.wiring.deadLetters),
      visibility: life.port(this.wiring.visibility),
      acknowledgements: life.port(this.wiring.acknowledgements),
    };
    const { concurrency } = this.#history;
    const base = { name: 'shop', parse: parseOrderEvent, concurrency };
    const guarantee = this.#guarantee;
    if (guarantee.kind === 'external') {
      return createConsumer({ ...base, guarantee, handle: (event) => this.#handle(event, life) }, wiring);
    }
    const handle = async (event: OrderEvent) => {
      await this.#handle(event, life);
      return [increment('ledger', { orderId: event.data.orderId }, { times: 1 })];
    };
    return createConsumer({ ...base, guarantee, handle }, wiring);
  }

  async #handle({ data: { orderId } }: OrderEvent, life: Life): Promise<void> {
    const calls = this.#calls.get(orderId) ?? 0;
    this.#calls.set(orderId, calls + 1);
    const { first, after } = this.planned(orderId);
    // Others of the batch come as far as they may.
    for (let tick = 0; tick < this.#history.draw % 7; tick++) await Promise.resolve();
    switch (first[calls] ?? after) {
      case 'fails':
        throw new Error('no such field');
      case 'not done':
        throw new NotExecutedError('closed');
      case 'refused':
        throw new PermanentError('refused');
      case 'dies':
        life.end();
        return await never();
      case 'done':
        this.done.push(orderId);
    }
  }

  #isSettled(id: string): boolean {
    const status = this.record(id)?.status ?? '';
    return ['COMPLETED', 'QUARANTINED', 'OUTCOME_UNKNOWN'].includes(status) || this.letters.includes(id);
  }

  #expectSettled(id: string): void {
    if (!this.#isSettled(id)) throw new Error(`${id} was deleted, and is not settled`);
  }

  /** What is returned is exactly what is not settled, and in each group the end of it. */
  #expectExact({ Records }: SQSEvent, { batchItemFailures }: SQSBatchResponse): void {
    const returned = batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
    for (const group of groups) {
      const all = Records.map(({ messageId }) => messageId).filter((id) => this.planned(id).group === group);
      const failed = returned.filter((id) => this.planned(id).group === group);
      expect(failed).toEqual(all.slice(all.length - failed.length));
    }
    // An answer that was lost, and a copy without its record, leave what is settled in the queue.
    if (this.#history.befalls.length > 0) return;
    const open = Records.map(({ messageId }) => messageId).filter((id) => !this.#isSettled(id));
    expect([...returned].sort()).toEqual(open.sort());
  }
}

async function play(history: History, guarantee: Guarantee<'effects'> | Guarantee<'external'>) {
  const played = new Play(history, guarantee);
  await played.run();
  return played;
}

/** The numbers of messages, each where it is first. */
const numbers = (ids: readonly string[]) => [...new Set(ids)].map((id) => Number(id.slice(1)));
const inOrder = (ids: readonly string[]) => numbers(ids).toSorted((a, b) => a - b);

/** In each group what was done comes in the order of its messages. */
function expectOrder(played: Play): void {
  for (const group of groups) {
    const ofGroup = played.done.filter((id) => played.planned(id).group === group);
    expect(numbers(ofGroup)).toEqual(inOrder(ofGroup));
  }
}

const runs = { numRuns: 300, seed: 1 };

describe.each([
  ['exactly-once', exactlyOnce()],
  ['at-least-once', atLeastOnce({ providerKeyRetention: Number.POSITIVE_INFINITY })],
])('any queue under %s', (name, guarantee) => {
  it('is emptied in the order of its groups: events that can be applied are applied, and only the others are given up', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        const played = await play(history, guarantee);
        const healthy = played.ids.filter((id) => played.planned(id).after === 'done');
        expect(inOrder(played.done)).toEqual(inOrder(healthy));
        expect(inOrder(played.letters)).toEqual(inOrder(played.ids.filter((id) => !healthy.includes(id))));
        expect(played.queue.deadLetters).toEqual([]);
        expectOrder(played);
        for (const id of played.ids) {
          const status = healthy.includes(id) ? 'COMPLETED' : 'QUARANTINED';
          expect(played.record(id)).toMatchObject({ status });
          if (name !== 'exactly-once') continue;
          const item = played.wiring.memory.tables.item('ledger', { orderId: id });
          expect(item?.times ?? 0).toBe(healthy.includes(id) ? 1 : 0);
        }
      }),
      runs,
    );
  });
});

describe('any queue under at-most-once', () => {
  it('is emptied in the order of its groups: no effect happens twice, and unclear outcomes are kept', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        const played = await play(history, atMostOnce());
        expect(numbers(played.done)).toHaveLength(played.done.length);
        expectOrder(played);
        for (const id of played.ids) {
          const { status } = played.record(id) ?? {};
          if (status === 'COMPLETED') expect(played.done).toContain(id);
          else if (status === 'OUTCOME_UNKNOWN') expect(played.record(id)?.body).toBeDefined();
          else expect(played.letters).toContain(id);
        }
      }),
      runs,
    );
  });
});
