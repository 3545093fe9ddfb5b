import { PublishBatchCommand, type PublishBatchRequestEntry, SNSClient } from '@aws-sdk/client-sns';
import { ConfigurationError } from '../../contract/errors.ts';
import { TopicError } from '../errors.ts';
import { nameOf } from '../input/input.ts';
import { type Entry, messageAttributes } from './entry.ts';
import type { Topic } from './topic.ts';

/** SNS throttles with several names, in requests and in single entries. */
const throttling = /throttl|limitexceeded|toomanyrequests|slowdown/i;
/** Errors that are neither SNS's nor the request's fault: time-outs, and failed or broken connections. */
const transientNames = new Set(['TimeoutError', 'RequestTimeout', 'RequestTimeoutException']);
const networkCodes = /^(ECONN|ETIMEDOUT|EPIPE|EHOST|ENET|ENOTFOUND|EAI_AGAIN)/;

/** Fixes for errors of a deployment or an account. */
const fixes: readonly (readonly [RegExp, string])[] = [
  [/NotFound/, "Check the topic's ARN, and that the topic exists."],
  [
    /Authorization|AccessDenied/,
    'Grant sns:Publish on the topic, and kms:Decrypt and kms:GenerateDataKey on its key.',
  ],
  [/Expired|Credential|Token|Signature|UnrecognizedClient/, 'Renew the credentials.'],
  [
    /InvalidParameter/,
    'A topic without content-based deduplication accepts only entries with an id: publish with deduplication ' +
      '"event" or a key function.',
  ],
];

/**
 * Makes a client for publishing. The SDK's own retries are off, because `sendInOrder` retries each entry, counts retries and
 * stops on its signal; two layers would multiply their attempts. A request takes at most 10 s.
 */
export function snsClient(topicArn: string): SNSClient {
  const [, , , region] = topicArn.split(':');
  return new SNSClient({
    ...(region ? { region } : {}),
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
  });
}

/**
 * A FIFO topic of SNS.
 *
 * @param client Your own client may keep the SDK's retries. Resending a whole batch is safe, because the broker removes the
 *   accepted entries, and because a batch holds only one entry of a group.
 * @throws ConfigurationError if the ARN is not that of a FIFO topic. A standard topic accepts message groups too, but keeps
 *   no order.
 */
export function snsTopic(
  topicArn: string,
  client: SNSClient,
  { maxEventSize }: Pick<Topic, 'maxEventSize'> = {},
): Topic {
  checkTopicArn(topicArn);
  return {
    arn: topicArn,
    maxEventSize,
    publishBatch: async (entries) => {
      const command = new PublishBatchCommand({
        TopicArn: topicArn,
        PublishBatchRequestEntries: entries.map(requestEntry),
      });
      const { Successful = [], Failed = [] } = await client.send(command).catch((error: unknown) => {
        throw requestError(error);
      });
      const accepted = new Set(Successful.map(({ Id }) => Id));
      const failed = new Map(Failed.map((failure) => [failure.Id, failure]));
      return entries.map((_, index) => {
        const id = String(index);
        if (accepted.has(id)) return 'accepted';
        const { Code: code = 'NO_RESULT', Message, SenderFault } = failed.get(id) ?? {};
        return topicError(
          code,
          Message ?? 'SNS returned no reason',
          SenderFault === true && !throttling.test(code),
        );
      });
    },
  };
}

/** @throws ConfigurationError unless it is the ARN of a FIFO topic, in any partition. */
export function checkTopicArn(topicArn: unknown): void {
  if (typeof topicArn === 'string' && /^arn:[^:\s]+:sns:[^:\s]+:\d+:[\w-]+\.fifo$/.test(topicArn)) return;
  const given = typeof topicArn === 'string' ? `"${topicArn}"` : nameOf(topicArn);
  throw new ConfigurationError(
    `topicArn: ${given} is not the ARN of a FIFO topic (arn:aws:sns:<region>:<account>:<name>.fifo)`,
  );
}

function requestEntry(entry: Entry, index: number): PublishBatchRequestEntry {
  return {
    Id: String(index),
    Message: entry.body,
    MessageGroupId: entry.messageGroup,
    MessageDeduplicationId: entry.deduplicationId,
    MessageAttributes: Object.fromEntries(
      Object.entries(messageAttributes(entry)).map(([name, { type, value }]) => [
        name,
        { DataType: type, StringValue: value },
      ]),
    ),
  };
}

interface SdkError extends Error {
  /** Node's network errors have it. */
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly clockSkewCorrected?: boolean };
}

/** An error is permanent unless it is known to be transient. Permanent: expired credentials, no such topic, no Region. */
function requestError(cause: unknown): TopicError {
  const {
    name,
    message,
    code = '',
    $metadata: { httpStatusCode = 0, clockSkewCorrected = false } = {},
  } = cause as SdkError;
  const transient =
    httpStatusCode >= 500 ||
    httpStatusCode === 429 ||
    clockSkewCorrected ||
    throttling.test(name) ||
    transientNames.has(name) ||
    networkCodes.test(code);
  return topicError(code || name, message || 'the connection failed', !transient, { cause });
}

function topicError(code: string, message: string, permanent: boolean, options?: ErrorOptions): TopicError {
  const fix = permanent ? fixes.find(([pattern]) => pattern.test(code))?.[1] : undefined;
  return new TopicError(
    code,
    fix === undefined ? message : `${message.replace(/\.?$/, '.')} ${fix}`,
    permanent,
    options,
  );
}
