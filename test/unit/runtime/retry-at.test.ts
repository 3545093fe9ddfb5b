import fc from 'fast-check';
import { longestWaitingSeconds } from '../../../contract/policies/retry-policy.ts';
import { retryAt } from '../../../runtime/message/retry-schedule.ts';

const queue = { maxReceiveCount: 1009, queueRetentionSeconds: 4 * 86_400, visibilityTimeoutSeconds: 90 };
const longestAgeMs = longestWaitingSeconds(queue) * 1000;

it('the wait of a message whose receives have to last never goes past its latest retry', () => {
  const now = 1_800_000_000_000;
  fc.assert(
    // Its last receive but one, hours before its retention, so that what is left of its time is one wait.
    fc.property(fc.integer({ min: 400, max: 6 * 3_600_000 }), (leftMs) => {
      const latestRetryAt = now + leftMs;
      const sentAt = latestRetryAt - longestAgeMs;
      const message = { receiveCount: queue.maxReceiveCount - 1, sentAt, latestRetryAt };
      const moment = { now, random: 0.5 };
      expect(retryAt(message, moment, queue, { atLeastSeconds: 0 })).toBeLessThanOrEqual(latestRetryAt);
    }),
  );
});
