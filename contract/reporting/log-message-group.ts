import { createHmac } from 'node:crypto';

/** What log lines say of a message group: a keyed hash of it, or the group itself. */
export const logMessageGroups = ['hashed', 'plain'] as const;
export type LogMessageGroups = (typeof logMessageGroups)[number];

/** 16 bytes: two of a billion groups share a hash with a probability of 10^-21. */
const digits = 32;

/**
 * Returns the text that stands for a message group in log lines: `hmac:` and 32 hexadecimal digits, the start of HMAC-SHA-256.
 * docs/runbook.md computes the same with openssl.
 *
 * @param key The key of the stack: the environment variable `ORDER_ONCE_LOG_GROUP_KEY` of its functions.
 *
 * @example hashMessageGroup('customer-17850', key) // 'hmac:0f2c...'
 */
export function hashMessageGroup(group: string, key: string): string {
  return `hmac:${createHmac('sha256', key).update(group).digest('hex').slice(0, digits)}`;
}
