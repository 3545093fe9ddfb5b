import { GetEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { GetSubscriptionAttributesCommand } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, GetQueueUrlCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { ConsumerDescription } from '../../contract/consumer-description.ts';
import { type Aws, partsOfArn } from '../access/connect.ts';
import { CannotLookError } from '../errors.ts';

/** Messages of a queue, as SQS counts them: approximately, and exact once nothing moves for a minute. */
export interface QueueCounts {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
}

export interface Queue extends QueueCounts {
  readonly url: string;
  readonly retentionSeconds: number;
  readonly visibilityTimeoutSeconds: number;
  /** JSON; empty if the queue has none. */
  readonly redrivePolicy: string;
}

/** @throws CannotLookError if the queue does not exist. */
export async function readQueue(client: SQSClient, arn: string): Promise<Queue> {
  const { account, name } = partsOfArn(arn);
  try {
    const { QueueUrl = '' } = await client.send(
      new GetQueueUrlCommand({ QueueName: name, QueueOwnerAWSAccountId: account }),
    );
    const { Attributes = {} } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
    );
    return {
      url: QueueUrl,
      visible: Number(Attributes.ApproximateNumberOfMessages ?? 0),
      inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
      delayed: Number(Attributes.ApproximateNumberOfMessagesDelayed ?? 0),
      retentionSeconds: Number(Attributes.MessageRetentionPeriod ?? 0),
      visibilityTimeoutSeconds: Number(Attributes.VisibilityTimeout),
      redrivePolicy: Attributes.RedrivePolicy ?? '',
    };
  } catch (error) {
    if (!/NonExistentQueue|QueueDoesNotExist/.test((error as Error).name)) throw error;
    throw new CannotLookError(
      `The queue ${name} is gone: deploy the stack again, or look into the stack's history.`,
    );
  }
}

/** All messages of a queue. */
export function sumOf({ visible, inFlight, delayed }: QueueCounts): number {
  return visible + inFlight + delayed;
}

/** The state of the event source mapping, `Enabled` for instance; `undefined` if it is gone. */
export async function mappingState(
  { lambda }: Pick<Aws, 'lambda'>,
  { eventSource }: Pick<ConsumerDescription, 'eventSource'>,
): Promise<string | undefined> {
  try {
    return (await lambda.send(new GetEventSourceMappingCommand({ UUID: eventSource }))).State;
  } catch (error) {
    if ((error as Error).name === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

/** Attributes of the subscription; `undefined` if the topic no longer sends to the queue. */
export async function subscriptionAttributes(
  { sns }: Pick<Aws, 'sns'>,
  { subscription }: Pick<ConsumerDescription, 'subscription'>,
): Promise<Readonly<Record<string, string>> | undefined> {
  try {
    const command = new GetSubscriptionAttributesCommand({ SubscriptionArn: subscription });
    const { Attributes = {} } = await sns.send(command);
    return Attributes;
  } catch (error) {
    if (/^NotFound/.test((error as Error).name)) return undefined;
    throw error;
  }
}
