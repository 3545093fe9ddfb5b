import { NestedStack, Stack, Stage } from 'aws-cdk-lib';
import { DataTable, EventTopic, IdempotentConsumer, RecordTable } from '../../lib/index.ts';
import { physicalName } from '../../lib/names.ts';
import { bookings } from './consumer/support.ts';
import {
  anyEntry,
  everyConsumer,
  forDevelopment,
  newApp,
  orderOnceStack,
  refusal,
  resource,
  resources,
  shop,
} from './support.ts';

/** Properties that name a resource for good. */
const nameProperties = [
  'TopicName',
  'QueueName',
  'TableName',
  'FunctionName',
  'LogGroupName',
  'RoleName',
  'AlarmName',
];

/** The names that the template of a stack gives, by logical id without its hash. */
function names(stack: Stack): Record<string, string> {
  return Object.fromEntries(
    Object.entries(resources(stack)).flatMap(([logicalId, { Properties = {} }]) =>
      nameProperties
        .filter((property) => typeof Properties[property] === 'string')
        .map((property) => [logicalId.slice(0, -8), Properties[property]]),
    ),
  );
}

describe('on AWS', () => {
  test('only the topic has a name in the template, so that nothing that outlives a stack blocks the next deployment', () => {
    expect(names(orderOnceStack(everyConsumer))).toEqual({ OrderEvents: 'OrderOnce-order-events.fifo' });
    const stack = shop();
    bookings(stack, { onPoison: 'block' });
    expect(names(stack)).toEqual({ Events: 'Shop-events.fifo' });
  });

  test('the topic does not outlive its stack, so that its name is free again', () => {
    expect(resource(orderOnceStack(), 'AWS::SNS::Topic').DeletionPolicy).toBeUndefined();
  });

  test('the topic of a nested stack is named after the outermost stack, whose name is known at synthesis', () => {
    const part = new NestedStack(shop(), 'Part');
    new EventTopic(part, 'OrderLines');
    expect(names(part)).toEqual({ OrderLines: 'Shop-part-order-lines.fifo' });
  });
});

describe('for an emulator', () => {
  test('functions, queues and logs are named after the stack, and the template differs in these names only', () => {
    const local = orderOnceStack({ ...everyConsumer, ...forDevelopment, physicalNames: 'fixed' });
    expect(names(local)).toEqual({
      OrderEvents: 'OrderOnce-order-events.fifo',
      ...Object.assign(
        {},
        ...['Fulfilment', 'Billing', 'Notifications'].map((id) => {
          const name = `OrderOnce-${id.toLowerCase()}`;
          return {
            [`${id}Function`]: name,
            [`${id}Logs`]: `/aws/lambda/${name}`,
            [`${id}Queue`]: `${name}.fifo`,
            [`${id}DeadLetterQueue`]: `${name}-dlq.fifo`,
            [`${id}SubscriptionDeadLetterQueue`]: `${name}-subscription-dlq.fifo`,
          };
        }),
      ),
      IntakeFunction: 'OrderOnce-intake',
      IntakeLogs: '/aws/lambda/OrderOnce-intake',
      IntakeAccessLogs: '/aws/apigateway/OrderOnce-intake',
    });

    const onAws = orderOnceStack({ ...everyConsumer, ...forDevelopment });
    expect(withoutNames(local)).toEqual(withoutNames(onAws));
  });

  function withoutNames(stack: Stack) {
    const all = structuredClone(resources(stack));
    for (const { Type, Properties = {} } of Object.values(all)) {
      if (Type === 'AWS::SNS::Topic') continue;
      for (const property of nameProperties) delete Properties[property];
    }
    return all;
  }
});

describe('names of the user', () => {
  test('are given to the resources of each construct', () => {
    const stack = shop();
    bookings(stack, {
      physicalName: 'seats',
      topic: new EventTopic(stack, 'Events', { topicName: 'bookings.fifo' }),
      records: new RecordTable(stack, 'Records', { tableName: 'records' }),
    });
    new DataTable(stack, 'Halls', { tableName: 'halls', partitionKey: 'hall' });
    expect(names(stack)).toEqual({
      Events: 'bookings.fifo',
      Records: 'records',
      Halls: 'halls',
      BookingsFunction: 'seats',
      BookingsLogs: '/aws/lambda/seats',
      BookingsQueue: 'seats.fifo',
      BookingsDeadLetterQueue: 'seats-dlq.fifo',
      BookingsSubscriptionDeadLetterQueue: 'seats-subscription-dlq.fifo',
    });
  });

  function consumer(stack: Stack, id: string, physicalName: string) {
    const topic = new EventTopic(stack, `${id}Events`);
    const records = new RecordTable(stack, `${id}Records`);
    return new IdempotentConsumer(stack, id, {
      physicalName,
      consumerName: 'a',
      topic,
      records,
      entry: anyEntry,
    });
  }

  test.each([
    ['orders', 'orders', 'queue "orders-dlq.fifo"'],
    ['orders', 'orders-dlq', 'queue "orders-dlq.fifo"'],
    ['orders-subscription', 'orders', 'queue "orders-subscription-dlq.fifo"'],
  ])('fail synthesis if two consumers are called %s and %s', (first, second, name) => {
    const stack = shop();
    consumer(stack, 'First', first);
    expect(() => consumer(stack, 'Second', second)).toThrow(
      `The constructs "First" and "Second" of stack "Shop" would both name a ${name}. Give one of them another id or another name.`,
    );
  });

  test('fail synthesis if two stacks of one place have them', () => {
    const app = newApp();
    consumer(new Stack(app, 'One'), 'First', 'orders');
    expect(() => consumer(new Stack(app, 'Two'), 'Second', 'orders')).toThrow(
      'The constructs "First" and "Second" of the stacks "One" and "Two" would both name a queue "orders-dlq.fifo".',
    );
    const elsewhere = new Stack(app, 'Three', { env: { region: 'eu-west-1' } });
    expect(() => consumer(elsewhere, 'Third', 'orders')).not.toThrow();
  });

  test('fail synthesis for two tables', () => {
    const stack = shop();
    new DataTable(stack, 'Seats', { tableName: 'seats', partitionKey: 'id' });
    expect(() => new DataTable(stack, 'Rows', { tableName: 'seats', partitionKey: 'id' })).toThrow(
      'a table "seats"',
    );
  });

  test.each([
    [
      'x'.repeat(59),
      /The name "x+-subscription-dlq\.fifo" has 81 characters; AWS takes at most 80 for a queue\. Shorten physicalName of "Shop\/Bookings" by 1\./,
    ],
    [
      'my bookings',
      /physicalName of "Shop\/Bookings" makes "my bookings-dlq\.fifo", the name of a queue; it must be letters/,
    ],
  ])('fail synthesis if AWS would refuse them: %s', (physicalName, message) => {
    expect(() => bookings(shop(), { physicalName })).toThrow(message);
  });
});

describe('names that follow from the stack', () => {
  test.each([
    ['Orders', 'orders'],
    ['BulkOrders', 'Bulk Orders'],
    ['Bulk_Orders', 'Bulk-Orders'],
  ])('fail synthesis if two topics would be called the same: %s and %s', (first, second) => {
    const stack = shop();
    new EventTopic(stack, first);
    expect(() => new EventTopic(stack, second)).toThrow(
      new RegExp(`The constructs "${first}" and "${second}" of stack "Shop" would both name a topic "Shop-`),
    );
  });

  test('fail synthesis if topics of two stacks would be called the same', () => {
    const app = newApp();
    const part = new DataTable(new Stack(app, 'Shop'), 'A', { partitionKey: 'id' });
    new EventTopic(part, 'Events');
    expect(() => new EventTopic(new Stack(app, 'Shop-a'), 'Events')).toThrow('a topic "Shop-a-events.fifo"');
  });

  test('are accepted for the same stack in two stages, which go to different places', () => {
    const app = newApp();
    for (const id of ['Beta', 'Prod']) {
      const stack = new Stack(new Stage(app, id), 'Shop', { stackName: 'Shop' });
      new EventTopic(stack, 'Events');
      expect(refusal(stack)).toBe('nothing was refused');
    }
  });

  test('fail synthesis if they are too long', () => {
    expect(() => physicalName(shop(), 'B'.repeat(60), 'function')).toThrow(
      `has 65 characters; AWS takes at most 64 for a function. Shorten the stack's name "Shop" or the construct id "BBB`,
    );
    expect(physicalName(shop(), 'B'.repeat(59), 'function')).toHaveLength(64);
  });
});
