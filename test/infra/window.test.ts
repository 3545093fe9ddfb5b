import { leastRecordTtlSeconds } from '../../contract/policies/record-ttl.ts';
import { leastMaxReceiveCount, sqsMaxReceiveCountLimit } from '../../contract/policies/retry-policy.ts';
import {
  defaultMaxReceiveCount,
  defaultVisibilityTimeoutSeconds,
} from '../../lib/rules/retention-arithmetic.ts';

const day = 24 * 60 * 60;

test('a record outlives SNS retries, the queue, the dead-letter queue and clock skew', () => {
  expect(
    leastRecordTtlSeconds({ queueRetentionSeconds: 4 * day, deadLetterRetentionSeconds: 14 * day }),
  ).toBe(41 * day + 3600);
});

test.each([
  { functionTimeoutSeconds: 30, toleratedOutageSeconds: day, visibility: 180 },
  // 950 receives are left of 1,000 beside 50 attempts.
  { functionTimeoutSeconds: 5, toleratedOutageSeconds: day, visibility: 91 },
  { functionTimeoutSeconds: 5, toleratedOutageSeconds: 3600, visibility: 30 },
])('the visibility timeout of a $functionTimeoutSeconds s function in a $toleratedOutageSeconds s outage is $visibility s', ({
  visibility,
  ...times
}) => {
  // GIVEN
  const consumer = { ...times, batchSize: 10 };

  // WHEN
  const visibilityTimeoutSeconds = defaultVisibilityTimeoutSeconds(consumer);

  // THEN
  expect(visibilityTimeoutSeconds).toBe(visibility);
  expect(leastMaxReceiveCount({ ...consumer, visibilityTimeoutSeconds })).toBeLessThanOrEqual(
    sqsMaxReceiveCountLimit,
  );
});

describe('the default of maxReceiveCount', () => {
  const queue = { batchSize: 10, toleratedOutageSeconds: 86_400, queueRetentionSeconds: 4 * 86_400 };

  it.each([
    [180, 1000],
    [360, 950],
    // A function of 15 minutes: what the runtime needs comes first.
    [5400, 716],
  ])('with a visibility timeout of %i s is %i', (visibilityTimeoutSeconds, expected) => {
    expect(defaultMaxReceiveCount({ ...queue, visibilityTimeoutSeconds })).toBe(expected);
  });

  it('lets SQS move a message that no function receives before its deletion', () => {
    for (
      let visibilityTimeoutSeconds = 180;
      visibilityTimeoutSeconds <= 450;
      visibilityTimeoutSeconds += 10
    ) {
      const receives = defaultMaxReceiveCount({ ...queue, visibilityTimeoutSeconds });
      expect(receives * visibilityTimeoutSeconds).toBeLessThan(queue.queueRetentionSeconds);
    }
  });
});
