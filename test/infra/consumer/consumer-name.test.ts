import { CfnParameter, Stack, Stage } from 'aws-cdk-lib';
import { EventTopic, IdempotentConsumer, RecordTable } from '../../../lib/index.ts';
import { anyEntry, newApp, refusal, resource, shop } from '../support.ts';
import { bookings } from './support.ts';

test('the function gets the name of its consumer', () => {
  const stack = shop();
  expect(bookings(stack, { consumerName: 'seat-bookings' }).consumerName).toBe('seat-bookings');
  const { Environment } = resource(stack, 'AWS::Lambda::Function').Properties;
  expect(Environment.Variables.ORDER_ONCE_CONSUMER).toBe('seat-bookings');
});

test.each([
  ['', 'consumerName is ""'],
  ['seat bookings', 'consumerName is "seat bookings"; it must be 1 to 64 letters, digits, "-" and "_"'],
  ['x'.repeat(65), 'it must be 1 to 64'],
  [undefined as unknown as string, 'consumerName is undefined'],
])('synthesis fails for a consumer name that the runtime refuses: "%s"', (consumerName, message) => {
  expect(() => bookings(shop(), { consumerName })).toThrow(message);
});

test('synthesis fails for a consumer name that is known only at deployment', () => {
  const stack = shop();
  const consumerName = new CfnParameter(stack, 'Name').valueAsString;
  expect(() => bookings(stack, { consumerName })).toThrow(
    'consumerName of "Shop/Bookings" is known at deployment only',
  );
});

describe('two consumers with one name', () => {
  function consumer(stack: Stack, id: string, records: RecordTable, consumerName = 'bookings') {
    const topic = new EventTopic(stack, `${id}Events`);
    return new IdempotentConsumer(stack, id, { consumerName, topic, records, entry: anyEntry });
  }

  test('fail synthesis if they share a record table; the error names both and the fix', () => {
    const stack = shop();
    const records = new RecordTable(stack, 'Records');
    consumer(stack, 'Bookings', records);
    expect(() => consumer(stack, 'Rebookings', records)).toThrow(
      'consumerName is "bookings" for both "Shop/Bookings" and "Shop/Rebookings", which share the record table ' +
        '"Shop/Records": each would take the other\'s records for its own, and acknowledge events that it never applied. ' +
        'Give one of them another consumerName, or a record table of its own. If the consumer moves, set "movesFrom".',
    );
  });

  test('fail synthesis if they are in different stacks of the app, or in a stage', () => {
    const app = newApp();
    const records = new RecordTable(new Stack(app, 'Shared'), 'Records');
    consumer(new Stack(app, 'One'), 'Bookings', records);
    expect(() => consumer(new Stack(app, 'Two'), 'Bookings', records)).toThrow(
      'for both "One/Bookings" and "Two/Bookings"',
    );
    expect(() => consumer(new Stack(new Stage(app, 'Beta'), 'Three'), 'Bookings', records)).toThrow(
      'for both "One/Bookings" and "Beta/Three/Bookings"',
    );
  });

  test('are accepted if one moves from the place of the other, and of no third', () => {
    const app = newApp();
    const [old, next] = [new Stack(app, 'Old'), new Stack(app, 'New')];
    const topic = new EventTopic(old, 'Events');
    const shared = {
      consumerName: 'bookings',
      topic,
      records: new RecordTable(old, 'Records'),
      entry: anyEntry,
    };
    const movesFrom = new IdempotentConsumer(old, 'Bookings', shared);
    new IdempotentConsumer(next, 'Bookings', { ...shared, movesFrom });
    expect(refusal(next)).toBe('nothing was refused');
    expect(() => new IdempotentConsumer(next, 'Third', { ...shared, movesFrom })).toThrow(
      'If the consumer moves',
    );
  });

  test('are accepted if each has its own record table', () => {
    const stack = shop();
    consumer(stack, 'Bookings', new RecordTable(stack, 'Records'));
    consumer(stack, 'Rebookings', new RecordTable(stack, 'OtherRecords'));
    expect(refusal(stack)).toBe('nothing was refused');
  });

  test('are accepted if the names differ in case', () => {
    const stack = shop();
    const records = new RecordTable(stack, 'Records');
    consumer(stack, 'Bookings', records);
    consumer(stack, 'Rebookings', records, 'Bookings');
    expect(refusal(stack)).toBe('nothing was refused');
  });
});
