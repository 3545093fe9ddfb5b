import { sha256 } from './event/identity.ts';

/**
 * 1 to 128 alphanumeric characters and punctuation: SNS and SQS accept nothing else as `MessageGroupId` and
 * `MessageDeduplicationId` (AWS: "Publish", Amazon SNS API Reference; "SendMessage", Amazon SQS API Reference).
 */
const accepted = /^[!-~]{1,128}$/;

/** The text itself if SNS and SQS accept it as a message group or deduplication id, otherwise its SHA-256 (64 hex digits). */
export function brokerId(text: string): string {
  return accepted.test(text) ? text : sha256(text);
}
