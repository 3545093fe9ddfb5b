import { GetTopicAttributesCommand } from '@aws-sdk/client-sns';
import type { Aws } from '../access/connect.ts';
import type { Complaint } from './examination.ts';

/** Whether a topic is what consumers rely on. */
export async function checkTopic({ sns }: Pick<Aws, 'sns'>, TopicArn: string): Promise<Complaint[]> {
  const part = `topic ${TopicArn.split(':').at(-1)}`;
  let attributes: Readonly<Record<string, string>>;
  try {
    const { Attributes = {} } = await sns.send(new GetTopicAttributesCommand({ TopicArn }));
    attributes = Attributes;
  } catch (error) {
    if (!/^NotFound/.test((error as Error).name)) throw error;
    return [{ part, problem: 'it does not exist', fix: 'deploy the stack with the topic again' }];
  }
  if (attributes.FifoTopic !== 'true') {
    return [
      { part, problem: 'it is not FIFO, so events of a group overtake each other', fix: 'use a FIFO topic' },
    ];
  }
  if (attributes.ContentBasedDeduplication === 'true') return [];
  return [
    {
      part,
      problem: 'content-based deduplication is off, so it refuses messages without a deduplication id',
      fix: 'turn it on, or give each message an id of its own',
    },
  ];
}
