import { type OrderEvent, parseOrderEvent } from '../../contract/orders/order-event.ts';
import { createConsumer, type Effect, type EffectWrite, exactlyOnce } from '../../runtime/index.ts';
import type { CommitAnswer } from '../../runtime/ports/record-store.ts';
import { anOrder } from './orders.ts';
import { type RecordOptions, remaining, sqsEvent, sqsRecord } from './sqs.ts';
import type { FakeWiring } from './wiring.ts';

export type Handle = (event: OrderEvent) => readonly Effect[] | Promise<readonly Effect[]>;

export interface Received extends RecordOptions {
  readonly total?: number;
}

/**
 * Delivers orders in one batch to a consumer `orders` under exactly-once: of one group, the first time, as messages `m-`
 * and their ids.
 *
 * @param over What is otherwise with one of them, by its id.
 * @param time What is left of the invocation, in ms.
 * @returns Who has to come again.
 */
export async function deliverOrders(
  wiring: FakeWiring,
  ids: readonly string[],
  handle: Handle,
  over: Readonly<Record<string, Received>> = {},
  time?: number,
): Promise<string[]> {
  const consumer = createConsumer(
    { name: 'orders', parse: parseOrderEvent, guarantee: exactlyOnce(), handle },
    wiring,
  );
  const records = ids.map((id) => {
    const { total = 15.3, ...received } = over[id] ?? {};
    return sqsRecord(anOrder({ subject: id }, { total }), { messageId: `m-${id}`, ...received });
  });
  const { batchItemFailures } = await consumer(sqsEvent(...records), remaining(time));
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}

export function deliveriesOf({ logged }: FakeWiring) {
  return logged.filter(({ message }) => message === 'delivery');
}

/** How each message ended last, by its id. */
export function outcomesOf(wiring: FakeWiring): Record<string, unknown> {
  return Object.fromEntries(deliveriesOf(wiring).map(({ messageId, outcome }) => [messageId, outcome]));
}

/** @param answer What the store says before the one in memory is asked. */
export function answerCommits(
  { memory }: FakeWiring,
  answer: (effects: readonly EffectWrite[], events: number) => CommitAnswer | undefined,
): void {
  const { commit } = memory;
  memory.commit = async (commits, effects) =>
    answer(effects, commits.length) ?? (await commit(commits, effects));
}
