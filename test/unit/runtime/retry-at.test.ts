import fc from 'fast-check';
import { latestRetry, retryAt } from '../../../runtime/message/retry-schedule.ts';
import { FakeClock, FakeRandom } from '../../support/wiring.ts';

const limits = { maxReceiveCount: 1009, queueRetentionSeconds: 4 * 86_400, visibilityTimeoutSeconds: 90 };

it('the wait of a message whose receives have to last never goes past its last stay', () => {
  const clock = new FakeClock();
  const timing = { ...limits, clock, random: new FakeRandom() };
  fc.assert(
    // Its last receive but one, hours before its retention, so that what is left of its time is one wait.
    fc.property(fc.integer({ min: 400, max: 6 * 3_600_000 }), (left) => {
      clock.time = 1_800_000_000_000;
      const age = latestRetry({ receiveCount: 1, sentAt: 0 }, timing) - left;
      const message = { receiveCount: limits.maxReceiveCount - 1, sentAt: clock.time - age };
      expect(retryAt(message, timing, { atLeast: 0 })).toBeLessThanOrEqual(latestRetry(message, timing));
    }),
  );
});
