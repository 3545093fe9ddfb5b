/** Bytes of an event with its message attributes that SNS accepts by default (AWS: "Publishing large messages with Amazon SNS"). */
export const defaultMaxEventSize = 256 * 1024;

/** The most that SNS and SQS accept, in bytes (AWS: the same, and "Amazon SQS message quotas"). */
export const brokersMaxMessageSize = 1024 * 1024;

/** Bytes that the copy of a dead letter needs beside its event, for its reason. */
const roomForReason = 16 * 1024;

/**
 * The sizes that the setting can have, in bytes. SNS itself allows 16 KiB more, but then the copy of a dead letter would
 * have no room for its reason, and would lose the end of its event (docs/adr/0025).
 */
export const maxEventSizes = { least: 1024, most: brokersMaxMessageSize - roomForReason } as const;

/** Completes "it must be ...". */
export const wantedMaxEventSize = `a whole number of bytes from ${maxEventSizes.least} to ${maxEventSizes.most}`;

export function isMaxEventSize(value: unknown): value is number {
  return (
    Number.isSafeInteger(value) && Number(value) >= maxEventSizes.least && Number(value) <= maxEventSizes.most
  );
}
