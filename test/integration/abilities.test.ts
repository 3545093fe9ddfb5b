import { GetTopicAttributesCommand } from '@aws-sdk/client-sns';
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { canonicalJson } from '../../contract/event/canonical-json.ts';
import { anOrder } from '../support/orders.ts';
import { can, connection, deliveries, send, sns, sqs, unique } from './support.ts';

/*
 * Differences from AWS that only a filled queue or a deployed function shows. Each test says what AWS does, and
 * compares what this endpoint does with what local/ says of it. The abilities of batches are shown by
 * troubled-groups.test.ts, and those of requests to DynamoDB by record-store.test.ts.
 */

const { main } = connection;

it('a topic delivers one body to two message groups, or the endpoint is known for delivering it to one', async () => {
  const [first, second] = [unique('group'), unique('group')];
  const body = anOrder({ subject: unique('order'), partitionkey: first });
  await send(main, { body, group: first }, { body, group: second });
  // A last message in the second group: nothing was delivered before it, or the body was.
  await send(main, { body: anOrder({ subject: unique('order'), partitionkey: second }), group: second });
  await deliveries(main, first, 1);
  const [arrived] = await deliveries(main, second, 1);
  expect(arrived?.eventId === body.id).toBe(can('groupScope'));
});

it('a body arrives as it was sent, or the endpoint is known for rewriting its numbers', async () => {
  const group = unique('group');
  const event = anOrder({ subject: unique('order'), partitionkey: group });
  const total = `1${'0'.repeat(37)}.5`;
  const body = canonicalJson({ ...event, data: { ...event.data, total: 'TOTAL' } }).replace('"TOTAL"', total);
  await send(main, { body, group });
  const [delivery] = await deliveries(main, group, 1);
  expect(delivery?.code === 'INEXACT_NUMBER').toBe(can('exactBodies'));
});

it('the template sets the attributes of a topic, or the endpoint is known for dropping them', () => {
  expect(connection.unmended === undefined).toBe(can('topicAttributes'));
});

it('a topic of a nested stack has the attributes of its template', async () => {
  const { Attributes } = await sns.send(
    new GetTopicAttributesCommand({ TopicArn: connection.nestedTopicArn }),
  );
  expect(Attributes).toMatchObject({ FifoTopic: 'true', ContentBasedDeduplication: 'true' });
});

it('a message comes back while one of another group is hidden, or the endpoint is known for holding it back', async () => {
  const { QueueUrl } = await sqs.send(
    new CreateQueueCommand({
      QueueName: `${unique('queue')}.fifo`,
      Attributes: { FifoQueue: 'true', ContentBasedDeduplication: 'true' },
    }),
  );
  const receive = async () => {
    const wait = { WaitTimeSeconds: 20, VisibilityTimeout: 10, MaxNumberOfMessages: 10 };
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, ...wait }));
    return Messages;
  };
  const bodies = (messages: readonly Message[]) => messages.map(({ Body }) => Body);
  try {
    for (const name of ['hidden', 'free']) {
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageGroupId: name, MessageBody: name }));
    }
    const received: Message[] = [];
    while (received.length < 2) received.push(...(await receive()));
    const hidden = received.find(({ Body }) => Body === 'hidden');
    const { ReceiptHandle } = hidden as Message;
    const hide = { QueueUrl, ReceiptHandle, VisibilityTimeout: 600 };
    await sqs.send(new ChangeMessageVisibilityCommand(hide));
    // WHEN the visibility timeout of the other one ends
    const again = await receive();
    expect(bodies(again)).toEqual(can('independentGroups') ? ['free'] : []);
    // THEN it waited for nothing but the hidden one
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    if (!can('independentGroups')) expect(bodies(await receive())).toEqual(['free']);
  } finally {
    await sqs.send(new DeleteQueueCommand({ QueueUrl }));
  }
});
