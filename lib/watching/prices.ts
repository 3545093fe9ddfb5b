/**
 * Prices of AWS in us-east-1, in dollars, of what grows with the number of events. Free tiers and discounts are not
 * included. docs/cost.md names the page of each price.
 */
export const eventPrices = {
  /** A write unit of DynamoDB on demand. */
  writeUnit: 0.625 / 1e6,
  /** A FIFO topic's charge for each publish request, and for each message to a subscription. */
  fifoPublish: 0.3 / 1e6,
  fifoSubscriptionMessage: 0.01 / 1e6,
  /** A request of up to 64 KB to a FIFO queue. */
  fifoQueueRequest: 0.5 / 1e6,
  /** A function on arm64. */
  gigabyteSecond: 0.0000133334,
  invocation: 0.2 / 1e6,
} as const;
