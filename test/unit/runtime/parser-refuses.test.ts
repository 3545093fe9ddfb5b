import * as v from 'valibot';
import { InvalidEventError } from '../../../contract/errors.ts';
import type { EventParser } from '../../../contract/event/event-parser.ts';
import { type OrderEvent, parseOrderEvent } from '../../../contract/orders/order-event.ts';
import { createConsumer, exactlyOnce, PermanentError } from '../../../runtime/index.ts';
import { anOrder } from '../../support/orders.ts';
import { reasonsOf, shopKey } from '../../support/shop.ts';
import { remaining, sqsEvent, sqsRecord } from '../../support/sqs.ts';
import { type FakeWiring, fakeWiring } from '../../support/wiring.ts';

type Parse = EventParser<OrderEvent>;

let wiring: FakeWiring;
/** Order ids in the order in which their handlers began. */
let handled: string[];
beforeEach(() => {
  wiring = fakeWiring();
  handled = [];
});

function consumerWith(parse: Parse) {
  const handle = ({ data: { orderId } }: OrderEvent) => {
    handled.push(orderId);
    return [];
  };
  return createConsumer({ name: 'shop', parse, guarantee: exactlyOnce(), handle }, wiring);
}

const order = (subject: string) => anOrder({ subject, partitionkey: `g${subject}` });
const recordOf = (id: string) => wiring.memory.records.get(shopKey(id));
const reasons = () => reasonsOf(wiring.letters);
const received = (id: string) => sqsRecord(order(id), { messageId: `m${id}`, group: `g${id}` });

/** Parses all but one order, on which it throws. */
function failingOn(id: string, error: () => unknown): Parse {
  return ({ body }) => {
    const event = parseOrderEvent({ body });
    if (event.data.orderId === id) throw error();
    return event;
  };
}

describe('a body that a parser refuses', () => {
  class ValidationError extends Error {
    readonly issues = [{ message: 'Expected number', path: ['data', 'lines', { key: 0 }, 'quantity'] }];
  }
  it.each([
    ['an InvalidEventError', () => new InvalidEventError('INVALID_EVENT', 'type: none'), 'INVALID_EVENT'],
    ['a PermanentError', () => new PermanentError('not one of ours'), 'PERMANENT'],
    ['an error with issues', () => new ValidationError('validation failed'), 'INVALID_EVENT'],
  ])('by %s is poison at its first delivery', async (_, error, code) => {
    await consumerWith(failingOn('1', error))(sqsEvent(received('1'), received('2')), remaining());
    expect(reasons()).toMatchObject([{ code }]);
    expect(recordOf('1')).toBeUndefined();
    expect(handled).toEqual(['2']);
  });

  it('names the field of the first issue', async () => {
    await consumerWith(failingOn('1', () => new ValidationError()))(sqsEvent(received('1')), remaining());
    expect(reasons()).toMatchObject([
      { field: 'data.lines[0].quantity', message: 'data.lines[0].quantity: Expected number' },
    ]);
  });

  it('is poison if the parser throws the error of a schema library', async () => {
    const schema = v.looseObject({ data: v.looseObject({ total: v.string() }) });
    const parse: Parse = ({ body }) => v.parse(schema, JSON.parse(body)) as unknown as OrderEvent;
    await consumerWith(parse)(sqsEvent(received('1')), remaining());
    expect(reasons()).toMatchObject([{ code: 'INVALID_EVENT', field: 'data.total' }]);
  });

  it.each([
    ['is not JSON', '{"id":'],
    ['has no source', JSON.stringify({ ...order('1'), source: undefined })],
    ['has an id that is no text', JSON.stringify({ ...order('1'), id: 7 })],
    ['is no object', '[]'],
  ])('is poison at its first delivery if the body %s', async (_, body) => {
    const parse: Parse = ({ body }) => JSON.parse(body).data.orderId.trim();
    for (const receiveCount of [1, 3]) {
      await consumerWith(parse)(
        sqsEvent(sqsRecord(body, { messageId: `m${receiveCount}`, receiveCount })),
        remaining(),
      );
    }
    expect(reasons()).toMatchObject([{ code: 'INVALID_EVENT' }, { code: 'INVALID_EVENT' }]);
    // That of the suspect's body counted its parser, which has ended.
    expect([...wiring.memory.records.values()]).toMatchObject([{ status: 'RETRYING', attempts: 0 }]);
  });
});
