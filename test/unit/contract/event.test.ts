import * as v from 'valibot';
import { InvalidEventError } from '../../../contract/errors.ts';
import { cloudEvent, eventParser } from '../../../contract/event/event-parser.ts';
import { parseOrderEvent } from '../../../contract/orders/order-event.ts';
import { anOrder } from '../../support/orders.ts';

function refusal(body: unknown): InvalidEventError {
  try {
    parseOrderEvent({ body: typeof body === 'string' ? body : JSON.stringify(body) });
  } catch (error) {
    if (error instanceof InvalidEventError) return error;
    throw error;
  }
  throw new Error(`accepted: ${JSON.stringify(body)}`);
}

describe('parseOrderEvent', () => {
  it('returns the body, unknown attributes included', () => {
    const event = {
      ...anOrder(),
      traceparent: '00-1-2-01',
      data: { ...anOrder().data, note: { gift: true } },
    };
    expect(parseOrderEvent({ body: JSON.stringify(event) })).toEqual(event);
  });

  it.each([
    ['no customer', anOrder({}, { customerId: undefined })],
    ['a total below zero', anOrder({}, { total: -1.5 })],
    ['a quantity of zero', anOrder({}, { lines: [{ sku: 'A', quantity: 0, unitPrice: 0 }] })],
    ['no lines', anOrder({}, { lines: [] })],
    ['a cancellation', anOrder({ type: 'order.cancelled' })],
  ])('accepts an order with %s', (_, event) => {
    expect(() => parseOrderEvent({ body: JSON.stringify(event) })).not.toThrow();
  });

  it.each([
    ['id', { ...anOrder(), id: undefined }],
    ['id', { ...anOrder(), id: '' }],
    ['id', { ...anOrder(), id: 'x'.repeat(3000) }],
    ['source', { ...anOrder(), source: undefined }],
    ['specversion', { ...anOrder(), specversion: '0.3' }],
    ['type', { ...anOrder(), type: 'order.shipped' }],
    ['partitionkey', { ...anOrder(), partitionkey: undefined }],
    ['sequence', { ...anOrder(), sequence: undefined }],
    ['sequence', { ...anOrder(), sequence: 7 }],
    ['sequence', { ...anOrder(), sequence: '1.5' }],
    ['sequence', { ...anOrder(), sequence: '01J9ZK3V6WB1Z7K2M0X5T4QG8R' }],
    ['time', { ...anOrder(), time: 'yesterday' }],
    ['subject', { ...anOrder(), subject: undefined }],
    ['data', { ...anOrder(), data: undefined }],
    ['data.total', anOrder({}, { total: '15.30' as unknown as number })],
    ['data.currency', anOrder({}, { currency: 'pounds' })],
    ['data.lines[0].quantity', anOrder({}, { lines: [{ sku: 'A', unitPrice: 1 } as never] })],
  ])('refuses an event with a wrong %s, and names that attribute', (field, event) => {
    const error = refusal(event);
    expect(error).toMatchObject({ code: 'INVALID_EVENT', field });
    expect(error.message).toContain(field);
  });

  it('refuses a batch, and says that each event needs its own message', () => {
    expect(refusal([anOrder()]).message).toContain(
      'each event of a CloudEvents batch as a message of its own',
    );
  });

  it.each([['null'], ['"order"'], ['7']])('refuses %s, which is not an object', (body) => {
    expect(refusal(body)).toMatchObject({
      code: 'INVALID_EVENT',
      message: 'The body must be a JSON object',
    });
  });

  it('refuses an SNS envelope, and names the missing setting of the subscription', () => {
    const error = refusal({ Type: 'Notification', TopicArn: 'arn', Message: JSON.stringify(anOrder()) });
    expect(error).toMatchObject({ code: 'SNS_ENVELOPE' });
    expect(error.message).toContain('raw message delivery');
  });
});

describe('eventParser', () => {
  it("parses events of a user's own type", () => {
    // GIVEN a schema over the envelope
    const booking = v.looseObject({
      ...cloudEvent.entries,
      type: v.literal('seat.booked'),
      data: v.object({ seat: v.string() }),
    });
    const parse = eventParser<v.InferInput<typeof booking>>(booking);
    // THEN its events pass, with types, and others don't
    const event = {
      specversion: '1.0',
      id: '1',
      source: 's',
      type: 'seat.booked',
      partitionkey: 'hall',
      data: { seat: '4C' },
    };
    expect(parse({ body: JSON.stringify(event) }).data.seat).toBe('4C');
    expect(() => parse({ body: JSON.stringify({ ...event, data: { seat: 4 } }) })).toThrow('data.seat');
  });
});
