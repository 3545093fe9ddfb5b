import { eventPrices } from '../../lib/watching/prices.ts';

/**
 * Prices of AWS in us-east-1, in dollars. Change them for another Region, or if AWS changes its prices. Free tiers,
 * Savings Plans and volume discounts are not included.
 */
export const prices = {
  ...eventPrices,
  /** A GB of items for a month, including point-in-time recovery (Amazon DynamoDB pricing, "On-Demand Capacity"). */
  storedGigabyteMonth: 0.25 + 0.2,
  /** A FIFO topic's charge for each published GB (Amazon SNS pricing, "FIFO topics"). */
  fifoPublishedGigabyte: 0.017,
  /** A FIFO topic's charge for each GB to a subscription (the same page). */
  fifoSubscriptionGigabyte: 0.001,
  /** A request of up to 64 KB (Amazon SQS pricing). */
  standardQueueRequest: 0.4 / 1e6,
  /** Collecting logs of the standard class (Amazon CloudWatch pricing, "Logs"). */
  loggedGigabyte: 0.5,
} as const;

/** Number of bytes that SQS charges as one request (Amazon SQS pricing). */
export const queueChunk = 64 * 1024;

/** Memory of the functions in MiB: the default `memorySize` of `IdempotentConsumer`. */
export const memoryMiB = 512;

/** Memory in MiB at which a function gets one vCPU (AWS Lambda Developer Guide, "Configure Lambda function memory"). */
export const memoryOfOneProcessor = 1769;
