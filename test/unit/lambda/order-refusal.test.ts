import { createIntake } from '../../../lambda/intake/create-intake.ts';
import { orderEventOf } from '../../../lambda/intake/order-request.ts';
import { refusalOf } from '../../../lambda/order/order-refusal.ts';
import { anOrderBody, contextOf, post } from '../../support/http.ts';

const eventOf = (over: object, order: object = {}) =>
  orderEventOf({ caller: 'c', key: 'k', body: JSON.stringify(anOrderBody(over, order)) });

describe('an order that the tables cannot store is refused', () => {
  it.each<[string, object, object, string, string]>([
    [
      'a long orderId',
      {},
      { orderId: 'é'.repeat(1025) },
      'order.orderId',
      'has 2050 bytes; this key takes at most 2048',
    ],
    ['a long account', { account: 'x'.repeat(2049) }, {}, 'account', 'has 2049 bytes'],
    ['a member without a name', {}, { '': 1 }, 'order[""]', 'an attribute has an empty name'],
    [
      'one deeper in it',
      {},
      { notes: [{ a: { '': 1 } }] },
      'order.notes[0].a[""]',
      'an attribute has an empty name',
    ],
    [
      'a name that is too long',
      {},
      { notes: { ['n'.repeat(65_536)]: 1 } },
      'order.notes.n',
      'a name longer than 65535 bytes',
    ],
    ['the mark of a removed item', {}, { 'order-once/removed': true }, 'order', 'only removeIfNewer writes'],
  ])('%s', (_, over, order, field, reason) => {
    const refusal = refusalOf(eventOf(over, order));
    expect(refusal?.field?.startsWith(field)).toBe(true);
    expect(refusal?.reason).toContain(reason);
  });

  it('for a sequence that the tables cannot compare', () => {
    const event = { ...eventOf({}), sequence: 'seven' };
    expect(refusalOf(event)).toMatchObject({
      field: 'order',
      reason: expect.stringContaining('give a string of 1 to 38 digits'),
    });
  });
});

it.each<[string, object, object]>([
  ['an ordinary order', {}, {}],
  ['the longest keys', { account: 'x'.repeat(2048) }, { orderId: 'é'.repeat(1024) }],
  ['a sequence of 38 digits', { sequence: '9'.repeat(38) }, {}],
  ['a list of numbers as long as the topic takes', {}, { numbers: Array(130_000).fill(1) }],
  ['numbers at the ends of their range', {}, { total: 9e125, least: 1e-130 }],
  ['a return', {}, { total: -1, lines: [] }],
])('%s can be applied', (_, over, order) => {
  expect(refusalOf(eventOf(over, order))).toBeUndefined();
});

it('the intake answers 422 for such an order, names the field and publishes nothing', async () => {
  const published: unknown[] = [];
  const intake = createIntake({
    events: { fits: () => true, publish: async (event) => void published.push(event) },
    refusalOf,
    table: 'records',
    recordTtlSeconds: 45 * 86_400,
    output: () => {},
  });
  const body = anOrderBody({}, { orderId: 'x'.repeat(2049) });
  const answer = await intake(post({ key: 'key', body }), contextOf(28_000));
  expect(answer).toMatchObject({ statusCode: 422, headers: { 'content-type': 'application/problem+json' } });
  expect(JSON.parse(answer.body)).toMatchObject({
    title: 'Unprocessable Content',
    code: 'NOT_APPLICABLE',
    field: 'order.orderId',
    detail: 'order.orderId: has 2049 bytes; this key takes at most 2048',
  });
  expect(published).toEqual([]);
});
