import { DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { PolledQueue } from '../../../bench/batches/contestants/polled-queue.ts';
import { sqsEvent, sqsRecord } from '../../support/sqs.ts';

const credentials = { accessKeyId: 'none', secretAccessKey: 'none' };

describe('the queue for consumers that poll', () => {
  it('delivers one message of a group at a time, in order, and is done when all messages are deleted', async () => {
    // GIVEN
    const queue = new PolledQueue();
    const client = queue.connect({ region: 'us-east-1', credentials });
    const receive = async () => {
      const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl: queue.url }));
      return Messages[0];
    };
    const remove = (ReceiptHandle = '') =>
      client.send(new DeleteMessageCommand({ QueueUrl: queue.url, ReceiptHandle }));

    // WHEN
    const isDone = jest.fn();
    const done = queue
      .hand(
        sqsEvent(
          sqsRecord('a1', { messageId: 'a1', group: 'a' }),
          sqsRecord('a2', { messageId: 'a2', group: 'a' }),
          sqsRecord('b1', { messageId: 'b1', group: 'b' }),
        ),
      )
      .then(isDone);
    const [first, second, third] = [receive(), receive(), receive()];
    const given = [await first, await second];
    await remove(given[0]?.ReceiptHandle);
    const last = await third;

    // THEN
    expect(given.map((message) => message?.Body)).toEqual(['a1', 'b1']);
    expect(last?.Body).toBe('a2');
    await remove(given[1]?.ReceiptHandle);
    expect(isDone).not.toHaveBeenCalled();
    await remove(last?.ReceiptHandle);
    await done;
    expect(isDone).toHaveBeenCalled();
  });
});
