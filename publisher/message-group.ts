import { sha256 } from '../contract/identity.ts';

/** 1 to 128 alphanumeric characters and punctuation (AWS: "Publish", `MessageGroupId`, Amazon SNS API Reference). */
const accepted = /^[!-~]{1,128}$/;

/**
 * The message group of a partition key: the key itself where SNS takes it, else its SHA-256 (64 hex digits).
 * A key that is another one's hash shares its group: both keep their order, beside each other's.
 */
export function messageGroup(partitionKey: string): string {
  return accepted.test(partitionKey) ? partitionKey : sha256(partitionKey);
}
