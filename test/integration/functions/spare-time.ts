import type { ConsumerHandler } from '../../../runtime/index.ts';

/**
 * In ms. What the runtime does as its time ends may take longer on a busy machine than the half second that it leaves for
 * that, and the emulator would end it in the middle.
 */
const spare = 1000;

/** Tells a consumer of less time than its invocation has. */
export function withSpareTime(consumer: ConsumerHandler): ConsumerHandler {
  return (event, context) =>
    consumer(event, { getRemainingTimeInMillis: () => context.getRemainingTimeInMillis() - spare });
}
