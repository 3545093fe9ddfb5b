import type { DeliveryLog } from '../../../../contract/reporting/delivery-log.ts';
import type { LoggedDelivery } from '../../../../lab/observe/deliveries.ts';
import { findInversions } from '../../../../lab/verify/inversions.ts';
import { TopicOrder } from '../../../../lab/workload/topic-order.ts';
import { anOrder } from '../../../support/orders.ts';

const inversionsOf = (...logged: Parameters<typeof findInversions>) => findInversions(...logged).problems;

const bodyOf = (id: string) => JSON.stringify(anOrder({ id }));

/** A topic that took messages one after the other; of what is sent again under its number it takes nothing. */
function sent(...messages: { group?: string; body: string; number?: number }[]): TopicOrder {
  const order = new TopicOrder();
  for (const [index, { group = 'g', body, number = index + 1 }] of messages.entries()) {
    const sequenceNumber = String(number).padStart(20, '0');
    order.note(group, body, sequenceNumber, `id-${number}`);
  }
  return order;
}

const events = (...ids: string[]) => ids.map((id) => ({ body: bodyOf(id) }));

/** A line of the log; the message is named after its event. */
function settled(eventId: string, at: number, over: Partial<LoggedDelivery> = {}): LoggedDelivery {
  return {
    message: 'delivery',
    consumer: 'fulfilment',
    outcome: 'applied',
    messageId: `m-${eventId}`,
    messageGroup: 'g',
    receiveCount: 1,
    source: 'urn:test',
    eventId,
    at,
    stream: 'one',
    ...over,
  };
}

const poisoned = (messageId: string, at: number) => {
  const { source: _, eventId: __, ...line } = settled('none', at, { messageId, outcome: 'poison' });
  return line;
};

describe('the check of the order in which messages were settled', () => {
  it('finds no inversion if messages were settled in the order of the queue', () => {
    expect(inversionsOf([settled('a', 1), settled('b', 2)], sent(...events('a', 'b')))).toEqual([]);
  });

  it('names the group and both messages if one overtook the other', () => {
    const logs = [settled('b', 1, { sequence: '8' }), settled('a', 2, { sequence: '7' })];
    expect(inversionsOf(logs, sent(...events('a', 'b')))).toEqual([
      'group g: message m-a (event a, sequence 7) was settled after message m-b (event b, sequence 8), ' +
        'which entered the queue later',
    ]);
  });

  it('counts each message that was overtaken, and names the overtaking message with the highest place', () => {
    const logs = [settled('b', 1), settled('c', 2), settled('a', 3), settled('d', 4)];
    expect(inversionsOf(logs, sent(...events('a', 'b', 'c', 'd')))).toEqual([
      expect.stringMatching(/m-a .* settled after message m-c/),
    ]);
  });

  it.each<DeliveryLog['outcome']>([
    'failed',
    'leased',
    'fenced',
  ])('ignores deliveries that ended as %s', (outcome) => {
    const logs = [settled('b', 1, { outcome }), settled('a', 2), settled('b', 3, { receiveCount: 2 })];
    expect(inversionsOf(logs, sent(...events('a', 'b')))).toEqual([]);
  });

  it('uses the first verdict of a message that is delivered again', () => {
    const again = settled('a', 3, { outcome: 'duplicate', receiveCount: 2 });
    const logs = [settled('a', 1), settled('b', 2), again];
    expect(inversionsOf(logs, sent(...events('a', 'b')))).toEqual([]);
    // AND what was only found out again is no other message of the event
    const early = settled('a', 2, { messageId: 'm-late', outcome: 'duplicate' });
    const more = [settled('a', 1), early, settled('b', 3), again];
    expect(inversionsOf(more, sent(...events('a', 'b', 'a')))).toHaveLength(1);
  });

  it('treats each group separately', () => {
    const other = { group: 'h', body: bodyOf('a') };
    const logs = [settled('b', 1), settled('a', 2, { messageGroup: 'h' })];
    expect(inversionsOf(logs, sent(other, ...events('b')))).toEqual([]);
  });

  it('uses the order of the topic, not the sequence numbers of the events', () => {
    const logs = [settled('late', 2, { sequence: '1' }), settled('b', 1, { sequence: '2' })];
    expect(inversionsOf(logs.reverse(), sent(...events('b', 'late')))).toEqual([]);
  });

  it('gives each duplicate of an event its own place', () => {
    // GIVEN a duplicate of the first event that was sent after the second
    const order = sent(...events('a', 'b', 'a'));
    const duplicate = (at: number) => settled('a', at, { messageId: 'm-again', outcome: 'duplicate' });
    expect(inversionsOf([settled('a', 1), settled('b', 2), duplicate(3)], order)).toEqual([]);
    // THEN one that came before the second was too early
    expect(inversionsOf([settled('a', 1), duplicate(2), settled('b', 3)], order)).toEqual([
      expect.stringMatching(/m-b .* settled after message m-again/),
    ]);
  });

  it('does not count a duplicate that the broker removed', () => {
    const [a, b] = events('a', 'b') as [{ body: string }, { body: string }];
    const order = sent(a, b, { ...a, number: 1 }, { ...a, number: 4 });
    const late = settled('a', 3, { messageId: 'm-late', outcome: 'duplicate' });
    expect(inversionsOf([settled('a', 1), settled('b', 2), late], order)).toEqual([]);
    const early = { ...late, at: 2 };
    expect(inversionsOf([settled('a', 1), early, settled('b', 3)], order)).toHaveLength(1);
  });

  it('compares only the first message of an event if it is unknown which others were removed', () => {
    const order = sent(...events('a', 'a', 'b', 'a'));
    const late = settled('a', 2, { messageId: 'm-late', outcome: 'duplicate' });
    expect(inversionsOf([settled('a', 1), late, settled('b', 3)], order)).toEqual([]);
    expect(inversionsOf([settled('b', 1), settled('a', 2), { ...late, at: 3 }], order)).toHaveLength(1);
  });

  it('gives an invalid message its place in the group', () => {
    const order = sent(...events('a'), { body: 'no event' }, ...events('b'));
    expect(inversionsOf([settled('a', 1), poisoned('m-p', 2), settled('b', 3)], order)).toEqual([]);
    expect(inversionsOf([settled('a', 1), settled('b', 2), poisoned('m-p', 3)], order)).toEqual([
      'group g: message m-p (no event) was settled after message m-b (event b), which entered the queue later',
    ]);
  });

  it('gives an invalid message that names an event its place among the messages of that event', () => {
    // GIVEN an event, and an invalid event of the same name after another one
    const misplaced = JSON.stringify({ ...anOrder({ id: 'a' }), type: 'order.misplaced' });
    const order = sent(...events('a', 'b'), { body: misplaced });
    const refused = (at: number) => settled('a', at, { messageId: 'm-p', outcome: 'poison' });
    expect(findInversions([settled('a', 1), settled('b', 2), refused(3)], order)).toEqual({
      inversions: 0,
      problems: [],
    });
    expect(inversionsOf([settled('a', 1), refused(2), settled('b', 3)], order)).toHaveLength(1);
  });

  it('orders lines of the same millisecond only within one log stream', () => {
    const order = sent(...events('a', 'b'));
    const logs = (stream: string) => [settled('b', 1), settled('a', 1, { stream })];
    expect(inversionsOf(logs('one'), order)).toHaveLength(1);
    expect(inversionsOf(logs('two'), order)).toEqual([]);
    // AND what came in a later one is later, in whatever stream
    expect(inversionsOf([settled('b', 1, { stream: 'two' }), settled('a', 2)], order)).toHaveLength(1);
  });

  it('reports messages without a sequence number as a problem, not as an inversion', () => {
    const logs = [settled('a', 1), settled('b', 2), poisoned('m-p', 3)];
    const order = sent(...events('a', 'b'), { body: 'no event' });
    expect(findInversions(logs, order)).toEqual({ inversions: 0, problems: [] });
    expect(findInversions(logs, sent(...events('a')))).toEqual({
      inversions: 0,
      problems: ['the topic reported no sequence number for 2 messages, so their order cannot be verified'],
    });
    expect(findInversions([settled('b', 1), settled('a', 2)], order).inversions).toBe(1);
  });
});
