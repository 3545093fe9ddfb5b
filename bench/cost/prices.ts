/**
 * What AWS asks in us-east-1, in dollars. "Pricing" pages change: whoever pays in another Region, or later, sets these.
 * Free tiers, Savings Plans and volume discounts are left out.
 */
export const prices = {
  /** A write unit on demand (Amazon DynamoDB pricing, "On-Demand Capacity"). */
  writeUnit: 0.625 / 1e6,
  /** A month of a GB of items, and of their point-in-time recovery (the same page). */
  storedGigabyteMonth: 0.25 + 0.2,
  /** Of a FIFO topic (Amazon SNS pricing, "FIFO topics"): each request that publishes, and each GB in it. */
  fifoPublish: 0.3 / 1e6,
  fifoPublishedGigabyte: 0.017,
  /** For each subscription: a message, and each GB of it. */
  fifoSubscriptionMessage: 0.01 / 1e6,
  fifoSubscriptionGigabyte: 0.001,
  /** A request of up to 64 KB (Amazon SQS pricing). */
  fifoQueueRequest: 0.5 / 1e6,
  standardQueueRequest: 0.4 / 1e6,
  /** On arm64 (AWS Lambda pricing). */
  gigabyteSecond: 0.0000133334,
  invocation: 0.2 / 1e6,
  /** Collecting logs of the standard class (Amazon CloudWatch pricing, "Logs"). */
  loggedGigabyte: 0.5,
} as const;

/** Bytes that SQS takes for one request (Amazon SQS pricing). */
export const queueChunk = 64 * 1024;

/** Of the functions here: `memorySize` of `IdempotentConsumer` by default. */
export const memoryMiB = 512;

/** MiB with which a function gets one whole processor (AWS Lambda Developer Guide, "Configure Lambda function memory"). */
export const memoryOfOneProcessor = 1769;
