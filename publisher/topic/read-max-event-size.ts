import { GetTopicAttributesCommand, type SNSClient } from '@aws-sdk/client-sns';
import { maxEventSizes } from '../../contract/event/event-size.ts';

/**
 * Reads which size the attribute `MaximumMessageSize` of a topic allows, in bytes.
 *
 * @returns `undefined` if the topic has no such attribute, as on emulators, or if the caller may not read it. The default of
 *   SNS then counts.
 */
export async function readMaxEventSize(
  client: Pick<SNSClient, 'send'>,
  topicArn: string,
): Promise<number | undefined> {
  const command = new GetTopicAttributesCommand({ TopicArn: topicArn });
  const { Attributes = {} } = await client.send(command).catch(() => ({ Attributes: {} }));
  const size = Number((Attributes as Record<string, string>).MaximumMessageSize);
  return size >= maxEventSizes.least ? Math.min(size, maxEventSizes.most) : undefined;
}
