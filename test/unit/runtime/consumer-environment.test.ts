import { parseOrderEvent } from '../../../contract/orders/order-event.ts';
import { createConsumer, exactlyOnce } from '../../../runtime/index.ts';
import { anOrder } from '../../support/orders.ts';
import { remaining, sqsEvent, sqsRecord } from '../../support/sqs.ts';
import { fakeWiring } from '../../support/wiring.ts';

const deployed = {
  ORDER_ONCE_CONSUMER: 'orders',
  RECORDS_TABLE_NAME: 'r',
  QUEUE_URL: 'q',
  DEAD_LETTER_QUEUE_URL: 'q',
  RECORD_TTL_SECONDS: '2336460',
  VISIBILITY_TIMEOUT_SECONDS: '180',
  QUEUE_RETENTION_SECONDS: '345600',
  MAX_RECEIVE_COUNT: '1',
  ON_POISON: 'block',
};

const environment = jest.replaceProperty(process, 'env', deployed);
beforeEach(() => environment.replaceValue({ ...deployed }));
afterAll(() => environment.restore());

const options = { parse: parseOrderEvent, guarantee: exactlyOnce(), handle: () => [] };

describe('a consumer without dependencies', () => {
  it('reads its environment at the first invocation, not when it is created', async () => {
    environment.replaceValue({});
    const handler = createConsumer(options);
    environment.replaceValue(deployed);
    await expect(handler(sqsEvent(), remaining())).resolves.toEqual({ batchItemFailures: [] });
  });

  it('reads its environment once for each process', async () => {
    const handler = createConsumer(options);
    await handler(sqsEvent(), remaining());
    environment.replaceValue({});
    await expect(handler(sqsEvent(), remaining())).resolves.toEqual({ batchItemFailures: [] });
  });

  it('fails the whole batch if a variable is missing, and reads the environment again at the next invocation', async () => {
    const handler = createConsumer(options);
    const { QUEUE_URL: _, ...others } = deployed;
    environment.replaceValue(others);
    await expect(handler(sqsEvent(sqsRecord(anOrder())), remaining())).rejects.toMatchObject({
      code: 'CONFIGURATION',
      message: expect.stringMatching(/^Environment variable QUEUE_URL is not set\. .*sets? it/),
    });
    environment.replaceValue(deployed);
    await expect(handler(sqsEvent(), remaining())).resolves.toEqual({ batchItemFailures: [] });
  });

  it.each([
    ['RECORD_TTL_SECONDS', '0'],
    ['RECORD_TTL_SECONDS', '45'],
    ['RECORD_TTL_SECONDS', '3601'],
    // Less than what the queue's own retention and SNS' retries take.
    ['RECORD_TTL_SECONDS', '2336459'],
    ['RECORD_TTL_SECONDS', '3888000000'],
    ['RECORD_TTL_SECONDS', 'abc'],
    ['RECORD_TTL_SECONDS', '3888000.5'],
    ['RECORD_TTL_SECONDS', ''],
    ['VISIBILITY_TIMEOUT_SECONDS', '5'],
    ['VISIBILITY_TIMEOUT_SECONDS', '180000'],
    ['VISIBILITY_TIMEOUT_SECONDS', 'Infinity'],
    ['VISIBILITY_TIMEOUT_SECONDS', ''],
    ['QUEUE_RETENTION_SECONDS', '59'],
    ['QUEUE_RETENTION_SECONDS', '345600.5'],
    ['QUEUE_RETENTION_SECONDS', '345600000'],
    ['MAX_RECEIVE_COUNT', '0'],
    ['MAX_RECEIVE_COUNT', '1001'],
    ['ORDER_ONCE_HISTORY', 'old'],
    ['ORDER_ONCE_HISTORY', '2026'],
    ['ORDER_ONCE_HISTORY', '1767225600000'],
    ['ORDER_ONCE_HISTORY', '1970-01-21T10:53:45.600Z'],
    ['MAX_RECEIVE_COUNT', 'many'],
    ['ON_POISON', 'Block'],
    ['ON_POISON', ''],
    ['ORDER_ONCE_CONSUMER', 'a#b'],
    ['ORDER_ONCE_CONSUMER', ''],
  ])('refuses its %s "%s"', async (variable, value) => {
    environment.replaceValue({ ...deployed, [variable]: value });
    await expect(createConsumer(options)(sqsEvent(), remaining())).rejects.toMatchObject({
      code: 'CONFIGURATION',
      message: expect.stringContaining(variable),
    });
  });
});

describe("a consumer's name", () => {
  it('is part of its keys, and comes from the environment if the option is not set', async () => {
    const wiring = fakeWiring();
    await createConsumer(options, wiring)(sqsEvent(sqsRecord(anOrder({ id: '1' }))), remaining());
    await createConsumer({ ...options, name: 'own' }, wiring)(
      sqsEvent(sqsRecord(anOrder({ id: '1' }))),
      remaining(),
    );
    expect([...wiring.memory.records.keys()]).toEqual(['orders#urn:test#1', 'own#urn:test#1']);
  });

  it('is required: without the option and the variable, the error says how to set it', async () => {
    environment.replaceValue({});
    const invoked = createConsumer(options, fakeWiring())(sqsEvent(), remaining());
    await expect(invoked).rejects.toThrow(/ORDER_ONCE_CONSUMER.* option "name"/);
  });
});

describe('the guarantee that the construct names', () => {
  it('may be that of the handler', async () => {
    environment.replaceValue({ ...deployed, ORDER_ONCE_GUARANTEE: 'exactly-once' });
    await expect(createConsumer(options)(sqsEvent(), remaining())).resolves.toEqual({
      batchItemFailures: [],
    });
  });

  it('lets all messages wait if the handler has another one', async () => {
    environment.replaceValue({ ...deployed, ORDER_ONCE_GUARANTEE: 'at-most-once' });
    await expect(createConsumer(options)(sqsEvent(sqsRecord(anOrder())), remaining())).rejects.toMatchObject({
      code: 'CONFIGURATION',
      message: expect.stringContaining(
        'createConsumer has the guarantee exactly-once, and "guarantee" of IdempotentConsumer is "at-most-once".',
      ),
    });
  });
});
