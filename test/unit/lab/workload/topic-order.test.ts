import { PublishBatchCommand, type PublishBatchCommandInput, SNSClient } from '@aws-sdk/client-sns';
import { messageKey, TopicOrder } from '../../../../lab/workload/topic-order.ts';
import { anOrder } from '../../../support/orders.ts';

/** A topic that numbers what it accepts from 98 on, refuses the body "refused", and knows a body that comes again. */
function topic(): SNSClient {
  const client = new SNSClient({ region: 'us-east-1' });
  const numbers = new Map<string, number>();
  client.middlewareStack.add(
    () => async (args) => {
      const { PublishBatchRequestEntries: entries = [] } = args.input as PublishBatchCommandInput;
      const accepted = entries.filter(({ Message }) => Message !== 'refused');
      const Successful = accepted.map(({ Id, Message = '' }) => {
        const number = numbers.get(Message) ?? 98 + numbers.size;
        numbers.set(Message, number);
        return { Id, MessageId: 'm', SequenceNumber: String(number) };
      });
      return { output: { Successful, Failed: [], $metadata: {} }, response: {} };
    },
    { step: 'serialize', priority: 'high' },
  );
  return client;
}

it('the order of a topic follows its sequence numbers, compared as numbers', async () => {
  // GIVEN an order, one that is refused, no event, another order, and the first with other content
  const [first, other, changed] = [
    anOrder({ id: 'a' }),
    anOrder({ id: 'b' }),
    anOrder({ id: 'a' }, { total: 1 }),
  ];
  const bodies = [
    JSON.stringify(first),
    'refused',
    'no event',
    JSON.stringify(other),
    JSON.stringify(changed),
  ];
  const client = topic();
  const order = new TopicOrder();
  order.follow(client);
  // WHEN the first comes again in another batch
  for (const batch of [bodies, bodies.slice(0, 1)]) {
    const PublishBatchRequestEntries = batch.map((Message, index) => ({
      Id: String(index),
      Message,
      MessageGroupId: 'g',
    }));
    await client.send(new PublishBatchCommand({ TopicArn: 'arn', PublishBatchRequestEntries }));
  }
  // THEN each place is there once, and 101 stands after 98
  expect(order.placesOf(messageKey('g', { source: 'urn:test', id: 'a' }))).toEqual([98n, 101n]);
  expect(order.placesOf(messageKey('g', { source: 'urn:test', id: 'b' }))).toEqual([100n]);
  expect(order.placesOf(messageKey('g', undefined))).toEqual([99n]);
  expect(order.placesOf(messageKey('h', undefined))).toEqual([]);
});

it('two batches at once are sent one after the other, also if the first fails, because LocalStack may mix up their numbers', async () => {
  const client = new SNSClient({ region: 'us-east-1' });
  const steps: string[] = [];
  client.middlewareStack.add(
    () => async (args) => {
      const { PublishBatchRequestEntries: [{ Message = '' } = {}] = [] } =
        args.input as PublishBatchCommandInput;
      steps.push(`${Message} sent`);
      await new Promise((resolve) => setTimeout(resolve, 10));
      steps.push(`${Message} answered`);
      if (Message === 'one') throw new Error('refused');
      return { output: { Successful: [], Failed: [], $metadata: {} }, response: {} };
    },
    { step: 'serialize', priority: 'high' },
  );
  new TopicOrder().follow(client);
  const send = (Message: string) => {
    const PublishBatchRequestEntries = [{ Id: '0', Message, MessageGroupId: 'g' }];
    return client.send(new PublishBatchCommand({ TopicArn: 'arn', PublishBatchRequestEntries }));
  };
  await Promise.allSettled([send('one'), send('two')]);
  expect(steps).toEqual(['one sent', 'one answered', 'two sent', 'two answered']);
});

it('an invalid event has its place under the name that its body has, as in the log of a consumer', () => {
  const order = new TopicOrder();
  const { id, ...nameless } = anOrder({ id: 'a' });
  order.note('g', JSON.stringify({ ...nameless, id, type: 'order.misplaced' }), '1');
  order.note('g', JSON.stringify(nameless), '2');
  expect(order.placesOf(messageKey('g', { source: nameless.source, id }))).toEqual([1n]);
  expect(order.placesOf(messageKey('g', undefined))).toEqual([2n]);
});

it('a removed duplicate has no place of its own, even if the topic gives it a new number, as LocalStack does', () => {
  const order = new TopicOrder();
  const key = messageKey('g', { source: anOrder().source, id: 'a' });
  const body = JSON.stringify(anOrder({ id: 'a' }));
  order.note('g', body, '1');
  order.note('g', body, '2');
  // With a deduplication id of its own it is another message.
  order.note('g', body, '3', 'late-1');
  order.note('g', body, '4', 'late-1');
  expect(order.placesOf(key)).toEqual([1n, 3n]);
});
