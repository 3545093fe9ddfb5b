import { Token } from 'aws-cdk-lib';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { ConfigurationError } from '../../contract/errors.ts';

/**
 * Checks that a topic is FIFO. An imported topic is FIFO if its name ends with `.fifo`: SNS requires that suffix for
 * FIFO topics and refuses it for others. An imported topic whose ARN is known only at deployment passes.
 *
 * @throws ConfigurationError that names the topic.
 */
export function checkFifoTopic(topic: ITopic): void {
  if (topic.fifo || (isImported(topic) && Token.isUnresolved(topic.topicArn))) return;
  const name = Token.isUnresolved(topic.topicName) ? topic.node.path : topic.topicName;
  throw new ConfigurationError(
    `topic is "${name}", a standard topic: it keeps no order, and SNS does not deliver it to a FIFO queue. Give a FIFO ` +
      'topic: an EventTopic, a Topic with "fifo: true", or an imported one, whose name ends with ".fifo".',
  );
}

/** Whether the topic is imported, because another stack, app or tool created it. */
export function isImported(topic: ITopic): boolean {
  return topic.node.defaultChild === undefined;
}
