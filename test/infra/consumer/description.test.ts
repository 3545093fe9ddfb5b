import { NestedStack, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { readDescription } from '../../../contract/consumer-description.ts';
import { version } from '../../../contract/version.ts';
import { DataTable } from '../../../lib/index.ts';
import { shop } from '../support.ts';
import { bookings } from './support.ts';

/** The descriptions in the outputs of a stack; a reference is `<logical id without its hash>`, with its attribute. */
function descriptionsOf(stack: Stack) {
  const { Outputs = {} } = Template.fromStack(stack).toJSON();
  return Object.values<{ Value: { 'Fn::Join'?: [string, unknown[]] } }>(Outputs).flatMap(({ Value }) => {
    const [, parts = []] = Value['Fn::Join'] ?? [];
    const text = parts.map((part) => (typeof part === 'string' ? part : told(part as Reference))).join('');
    return readDescription(text) ?? [];
  });
}

interface Reference {
  readonly Ref?: string;
  readonly 'Fn::GetAtt'?: readonly [string, string];
}

function told({ Ref, 'Fn::GetAtt': attribute }: Reference): string {
  const [id = Ref ?? '', name] = attribute ?? [];
  return `<${[id.slice(0, -8), ...(name === undefined ? [] : [name])].join('.')}>`;
}

function described(stack: Stack) {
  const seats = new DataTable(stack, 'Seats', { partitionKey: 'seat' });
  bookings(stack, {
    guarantee: 'exactly-once',
    tables: { seats: { table: seats, effects: ['put', 'increment'] } },
  });
  return descriptionsOf(stack);
}

const bookingsDescription = {
  'order-once': version,
  consumer: 'bookings',
  guarantee: 'exactly-once',
  history: 'new',
  tables: { seats: { arn: '<Seats.Arn>', effects: ['put', 'increment'] } },
  topic: '<Events>',
  subscription: '<BookingsSubscription>',
  queue: '<BookingsQueue.Arn>',
  deadLetterQueue: '<BookingsDeadLetterQueue.Arn>',
  subscriptionDeadLetterQueue: '<BookingsSubscriptionDeadLetterQueue.Arn>',
  function: '<BookingsFunction.Arn>',
  records: '<Records.Arn>',
  eventSource: '<BookingsEventSource>',
  logGroup: '<BookingsLogs>',
};

test('a consumer describes itself to tools in an output of its stack', () => {
  expect(described(shop())).toEqual([bookingsDescription]);
});

test('a consumer of a nested stack describes itself there', () => {
  expect(described(new NestedStack(shop(), 'Part'))).toEqual([bookingsDescription]);
});

test('a consumer whose guarantee is not given leaves it out', () => {
  const stack = shop();
  bookings(stack);
  expect(descriptionsOf(stack)).toEqual([expect.not.objectContaining({ guarantee: expect.anything() })]);
});

test('a consumer that took over says since when, to tools and to its function', () => {
  const stack = shop();
  const from = new Date('2026-01-31T12:00:00Z');
  bookings(stack, { history: { from } });
  expect(descriptionsOf(stack)).toMatchObject([{ history: from.toISOString() }]);
  Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: { ORDER_ONCE_HISTORY: from.toISOString() } },
  });
});

test.each([
  ['a date that is none', { from: new Date('soon') }],
  ['a text', { from: '2026-01-31' }],
  ['a number', { from: 1_767_225_600_000 }],
  ['nothing', {}],
  ['another word', 'old'],
  ['null', null],
  ['two days ahead', { from: new Date(Date.now() + 2 * 86_400_000) }],
])('a history of %s fails synthesis', (_, history) => {
  expect(() => bookings(shop(), { history: history as never })).toThrow(
    /^history.from is .*; it must be a Date that is at most a day ahead, or "history" must be "new"$/,
  );
});

test('a history that begins before 2004 fails synthesis, since it may be seconds in place of milliseconds', () => {
  expect(() => bookings(shop(), { history: { from: new Date(1_767_225_600) } })).toThrow(
    'history.from is "1970-01-21T10:53:45.600Z"; it must be "new", or a date from 2004 on',
  );
});

test('a guarantee that does not exist fails synthesis', () => {
  expect(() => bookings(shop(), { guarantee: 'twice' as 'exactly-once' })).toThrow(
    'guarantee is "twice"; it must be "exactly-once" or "at-least-once" or "at-most-once", as the handler has it',
  );
});

test.each([
  'arn:aws:sns:eu-west-1:123456789012:a.fifo',
  '{}',
  'null',
  '[]',
  '7',
  '',
])('another output is no description: %s', (output) => {
  expect(readDescription(output)).toBeUndefined();
});
