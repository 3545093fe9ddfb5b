import {
  CloudWatchLogsClient,
  type DescribeLogStreamsCommandInput,
  type GetLogEventsCommandInput,
} from '@aws-sdk/client-cloudwatch-logs';
import { deliveryLogMessage } from '../../../../contract/reporting/delivery-log.ts';
import { readDeliveries } from '../../../../lab/observe/deliveries.ts';

/**
 * A log whose streams are listed by name, two a page, each with a delivery of that name. Before each further page an
 * invocation makes a stream that comes first.
 */
function growingLog(...names: string[]): CloudWatchLogsClient {
  const client = new CloudWatchLogsClient({ region: 'us-east-1' });
  const streams = names.map((name) => `b${name}`);
  const list = ({ nextToken = '0' }: DescribeLogStreamsCommandInput) => {
    const start = Number(nextToken);
    if (start > 0) streams.push(`a${streams.length}`);
    const logStreams = streams.sort().slice(start, start + 2);
    const more = start + 2 < streams.length && { nextToken: String(start + 2) };
    return { logStreams: logStreams.map((logStreamName) => ({ logStreamName })), ...more };
  };
  const read = ({ logStreamName, nextToken }: GetLogEventsCommandInput) => {
    const message = JSON.stringify({
      timestamp: '2024-01-01',
      message: deliveryLogMessage,
      messageId: logStreamName,
    });
    return { events: nextToken === undefined ? [{ message }] : [], nextForwardToken: 'end' };
  };
  client.middlewareStack.add(
    () => async (args) => {
      const answer = 'logStreamName' in args.input ? read(args.input as never) : list(args.input as never);
      return { output: { ...answer, $metadata: {} } as never, response: {} };
    },
    { step: 'serialize', priority: 'high' },
  );
  return client;
}

it('reads each log stream once, even if a growing log lists it twice', async () => {
  const deliveries = await readDeliveries(growingLog('1', '2', '3', '4'), 'function');
  const read = deliveries.map(({ messageId }) => messageId);
  expect(read.filter((name) => name.startsWith('b')).toSorted()).toEqual(['b1', 'b2', 'b3', 'b4']);
});
