import { parseOrderEvent } from '../../../contract/orders/order-event.ts';
import { hashMessageGroup } from '../../../contract/reporting/log-message-group.ts';
import { dependenciesFromEnvironment } from '../../../runtime/consumer/dependencies-from-environment.ts';
import { createConsumer, exactlyOnce, PermanentError } from '../../../runtime/index.ts';
import { anOrder } from '../../support/orders.ts';
import { remaining, sqsEvent, sqsRecord } from '../../support/sqs.ts';
import { fakeWiring } from '../../support/wiring.ts';

const key =
  'arn:aws:cloudformation:eu-central-1:123456789012:stack/OrderOnce/51af3dc0-da77-11e4-872e-1234567db123';

it('the hash of a message group is the one that the runbook computes with openssl', () => {
  // printf %s customer-17850 | openssl dgst -sha256 -hmac "$KEY" -r | cut -c1-32
  expect(hashMessageGroup('customer-17850', key)).toBe('hmac:a0615963bc05e15fd5d837a18124e5c1');
});

it('the hash of a message group differs for another group and for another stack', () => {
  const hashes = [
    hashMessageGroup('customer-1', key),
    hashMessageGroup('customer-2', key),
    hashMessageGroup('customer-1', `${key}4`),
  ];
  expect(new Set(hashes).size).toBe(3);
});

describe('a consumer with a key for message groups', () => {
  const group = 'customer-17850';

  /** Delivers a good order, one that its handler refuses, and a body that is no event, all of one group. */
  async function deliver(logGroupKey?: string) {
    const wiring = fakeWiring(logGroupKey === undefined ? {} : { logGroupKey });
    const consumer = createConsumer(
      {
        name: 'orders',
        parse: parseOrderEvent,
        guarantee: exactlyOnce(),
        handle: ({ id }) => {
          if (id === 'bad') throw new PermanentError('no such article');
          return [];
        },
      },
      wiring,
    );
    for (const body of [
      anOrder({ id: 'good', partitionkey: group }),
      anOrder({ id: 'bad', partitionkey: group }),
      '{',
    ])
      await consumer(sqsEvent(sqsRecord(body, { group })), remaining());
    return wiring;
  }

  it('logs the hash of the group, and nowhere the group', async () => {
    const { logged } = await deliver(key);
    const lines = logged.filter(({ message }) => message === 'delivery');
    expect(lines.map(({ outcome, messageGroup }) => [outcome, messageGroup])).toEqual([
      ['applied', hashMessageGroup(group, key)],
      ['poison', hashMessageGroup(group, key)],
      ['poison', hashMessageGroup(group, key)],
    ]);
    expect(JSON.stringify(logged)).not.toContain(group);
  });

  it('keeps the group in records and dead letters, where operators need it', async () => {
    const { memory, letters } = await deliver(key);
    expect([...memory.records.values()].map(({ messageGroup }) => messageGroup)).toEqual(
      expect.arrayContaining([group]),
    );
    expect(letters.map(({ messageGroup }) => messageGroup)).toEqual([group, group]);
  });

  it('logs the group itself without a key', async () => {
    const { logged } = await deliver();
    expect(logged.find(({ message }) => message === 'delivery')).toMatchObject({ messageGroup: group });
  });
});

it('the key of a deployed function comes from its environment', () => {
  const deployed = {
    RECORDS_TABLE_NAME: 'r',
    QUEUE_URL: 'q',
    DEAD_LETTER_QUEUE_URL: 'q',
    RECORD_TTL_SECONDS: '2336460',
    VISIBILITY_TIMEOUT_SECONDS: '180',
    QUEUE_RETENTION_SECONDS: '345600',
    MAX_RECEIVE_COUNT: '1',
    ON_POISON: 'block',
  };
  const environment = jest.replaceProperty(process, 'env', { ...deployed, ORDER_ONCE_LOG_GROUP_KEY: key });
  expect(dependenciesFromEnvironment().logGroupKey).toBe(key);
  environment.replaceValue(deployed);
  expect(dependenciesFromEnvironment()).not.toHaveProperty('logGroupKey');
  environment.restore();
});
