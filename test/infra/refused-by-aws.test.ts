import { CfnParameter, Duration, Lazy, Token } from 'aws-cdk-lib';
import {
  DataTable,
  EventTopic,
  IdempotentConsumer,
  type IdempotentConsumerProps,
  RecordTable,
} from '../../lib/index.ts';
import { anyEntry, refusal, resource, shop } from './support.ts';

type Props = Partial<IdempotentConsumerProps>;

function scene() {
  const stack = shop();
  const topic = new EventTopic(stack, 'Events');
  const records = new RecordTable(stack, 'Records');
  const consumer = (id: string, props: Props = {}) =>
    new IdempotentConsumer(stack, id, {
      consumerName: id.replace(/ /g, '_'),
      topic,
      records,
      entry: anyEntry,
      ...props,
    });
  return { stack, consumer };
}

describe('an option that AWS refuses fails synthesis with an error that names the range', () => {
  test.each<[Props, string]>([
    [{ memorySize: 64 }, 'memorySize is 64; it must be a whole number of MiB from 128 to 10240'],
    [{ memorySize: 10_241 }, 'memorySize is 10241'],
    [{ memorySize: 512.5 }, 'memorySize is 512.5'],
    [{ memorySize: Number.NaN }, 'memorySize is NaN'],
    [{ timeout: Duration.minutes(16) }, 'timeout is 960; it must be a whole number of seconds from 1 to 900'],
    [{ timeout: Duration.seconds(0) }, 'timeout is 0'],
    [{ batchSize: 11 }, 'batchSize is 11; it must be a whole number from 1 to 10'],
    [{ batchSize: 0 }, 'batchSize is 0'],
    [{ batchSize: 2.5 }, 'batchSize is 2.5'],
    [{ maxConcurrency: 1 }, 'maxConcurrency is 1; it must be a whole number from 2 to 1000'],
    [{ maxConcurrency: 1001 }, 'maxConcurrency is 1001; it must be a whole number from 2 to 1000'],
    [{ maxConcurrency: 2.5 }, 'maxConcurrency is 2.5'],
    [
      { provisionedPollerConfig: { minimumPollers: 201 } },
      'provisionedPollerConfig.minimumPollers is 201; it must be a whole number from 2 to 200',
    ],
    [
      { visibilityTimeout: Duration.hours(13) },
      'visibilityTimeout is 46800; it must be a whole number of seconds from 0',
    ],
    [{ retention: Duration.seconds(59) }, 'retention is 59'],
    [{ onPoison: 'Block' as 'block' }, 'onPoison is "Block"; it must be "quarantine" or "block"'],
    [{ environment: { QUEUE_URL: 'mine' } }, 'environment: "QUEUE_URL" is set by IdempotentConsumer itself'],
    [{ environment: { RECORD_TTL_SECONDS: '1' } }, 'environment: "RECORD_TTL_SECONDS" is set by'],
    [{ environment: { ORDER_ONCE_TABLES: '{}' } }, 'environment: "ORDER_ONCE_TABLES" is set by'],
    [{ environment: { ORDER_ONCE_CONSUMER: 'a' } }, 'environment: "ORDER_ONCE_CONSUMER" is set by'],
    [{ provisionedPollerConfig: { minimumPollers: 1 } }, 'provisionedPollerConfig.minimumPollers is 1'],
    [
      { provisionedPollerConfig: { maximumPollers: 2001 } },
      'provisionedPollerConfig.maximumPollers is 2001; it must be a whole number from 2 to 2000',
    ],
    [
      { provisionedPollerConfig: { minimumPollers: 20, maximumPollers: 10 } },
      'provisionedPollerConfig.maximumPollers is 10; it must be a whole number from 20 to 2000',
    ],
    [
      { maxConcurrency: 5, provisionedPollerConfig: { minimumPollers: 2 } },
      'maxConcurrency and provisionedPollerConfig are both given, and Lambda takes one of them. Leave out maxConcurrency',
    ],
    [
      { timeout: Duration.seconds(Token.asNumber({ Ref: 'Timeout' })) },
      'timeout is known at deployment only; synthesis needs it',
    ],
    [{ batchSize: Token.asNumber({ Ref: 'BatchSize' }) }, 'batchSize is known at deployment only'],
  ])('%j', (props, message) => {
    expect(() => scene().consumer('Bookings', props)).toThrow(message);
  });

  test('a number of receives that is not whole', () => {
    const { stack, consumer } = scene();
    consumer('Bookings', { maxReceiveCount: 900.5 });
    expect(refusal(stack)).toContain('maxReceiveCount is 900.5; SQS takes at most 1000, as a whole number');
  });

  test('except for a value that is known only at deployment', () => {
    const { stack, consumer } = scene();
    const memorySize = new CfnParameter(stack, 'Memory', { type: 'Number' }).valueAsNumber;
    const later = new CfnParameter(stack, 'Later', { type: 'Number' }).valueAsNumber;
    consumer('Bookings', { memorySize, environment: { TOKEN: Lazy.string({ produce: () => 'later' }) } });
    consumer('Mails', { maxConcurrency: later });
    consumer('Charges', { provisionedPollerConfig: { minimumPollers: later, maximumPollers: later } });
    expect(resource(stack, 'AWS::Lambda::Function', 'Bookings').Properties.MemorySize).toEqual({
      Ref: 'Memory',
    });
  });
});

describe('an environment that Lambda refuses fails at synthesis', () => {
  const refused = (environment: Record<string, string>) => {
    const { stack, consumer } = scene();
    consumer('Bookings', { environment });
    return refusal(stack);
  };

  test.each([
    ['A', 'is not a name that Lambda takes'],
    ['1ST', 'is not a name that Lambda takes'],
    ['_PRIVATE', 'is not a name that Lambda takes'],
    ['MY-NAME', 'is not a name that Lambda takes'],
    ['NAME ', 'is not a name that Lambda takes'],
    ['', 'is not a name that Lambda takes'],
  ])('a variable called "%s"', (name, problem) => {
    expect(refused({ [name]: 'x' })).toContain(`environment: "${name}" ${problem}`);
  });

  test.each(['AWS_REGION', '_HANDLER', 'LAMBDA_TASK_ROOT'])('a variable that Lambda reserves: %s', (name) => {
    expect(() => refused({ [name]: 'x' })).toThrow(`${name} environment variable is reserved`);
  });

  test('more than 4 KB of names and values', () => {
    expect(refused({ LARGE: 'é'.repeat(2048) })).toMatch(
      /environment: names and values have \d+ bytes; .* 4096\./,
    );
    expect(refused({ FITS: 'x'.repeat(3000), AWS_LAMBDA_EXEC_WRAPPER: '/opt/wrapper' })).toBe(
      'nothing was refused',
    );
  });

  test('a variable that was added later', () => {
    const { stack, consumer } = scene();
    consumer('Bookings').handler.addEnvironment('X', 'y');
    expect(refusal(stack)).toContain('environment: "X"');
  });
});

test.each([
  [Duration.seconds(45), 'ttl is 45; it must be a whole number of seconds from 1990920'],
  [Duration.days(4000), 'ttl is 345600000'],
])('a record table fails synthesis for a ttl of %s', (ttl, message) => {
  expect(() => new RecordTable(shop(), 'Records', { ttl })).toThrow(message);
});

test.each([
  [{ partitionKey: '' }, 'partitionKey is ""; it must be a name of 1 to 255 bytes'],
  [{ partitionKey: 'x'.repeat(256) }, 'partitionKey is "xxx'],
  [{ partitionKey: 'id', timeToLiveAttribute: '' }, 'timeToLiveAttribute is ""'],
])('a data table fails synthesis for an attribute that DynamoDB refuses: %j', (props, message) => {
  expect(() => new DataTable(shop(), 'Seats', props)).toThrow(message);
});
