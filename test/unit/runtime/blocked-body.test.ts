import type { ReceivedMessage } from '../../../contract/event/event-parser.ts';
import { parseOrderEvent } from '../../../contract/orders/order-event.ts';
import { atMostOnce, exactlyOnce, skip } from '../../../runtime/index.ts';
import { drain } from '../../support/event-source.ts';
import { anOrder } from '../../support/orders.ts';
import { queueWiring } from '../../support/queue-wiring.ts';
import { atLeast, shop } from '../../support/shop.ts';

const guarantees = [
  { name: 'exactly-once', guarantee: exactlyOnce() },
  { name: 'at-least-once', guarantee: atLeast },
  { name: 'at-most-once', guarantee: atMostOnce() },
] as const;

it.each(
  guarantees,
)('a body on which the parser fails is skipped in the record of that body, under $name', async ({
  guarantee,
}) => {
  const { clock, queue, wiring } = queueWiring({}, { onPoison: 'block' });
  const deliveries = () => wiring.logged.filter(({ message }) => message === 'delivery');
  const messagesThat = (outcome: string) =>
    deliveries().flatMap((line) => (line.outcome === outcome ? [line.messageId as string] : []));
  for (const id of ['bad', 'a2']) queue.send(`m-${id}`, 'a', anOrder({ subject: id, partitionkey: 'a' }));
  const parse = ({ body }: ReceivedMessage) => {
    if (body.includes('bad')) throw new TypeError('lines is not iterable');
    return parseOrderEvent({ body });
  };
  const work = async () => {
    const end = clock.now() + 3_600_000;
    const consumer = shop(wiring, guarantee, () => {}, { parse });
    await drain(queue, consumer, { until: () => clock.now() >= end });
  };
  await work();
  const { recordId, eventId } = deliveries().findLast(({ outcome }) => outcome === 'blocked') ?? {};
  expect(eventId).toBe('event-of-bad');
  await skip({ store: wiring.store, id: recordId as string, messageId: 'm-bad' });
  await work();
  expect(messagesThat('poison')).toEqual(['m-bad']);
  expect(messagesThat('applied')).toEqual(['m-a2']);
});
