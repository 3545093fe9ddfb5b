import { leastRecordTtl } from '../../contract/policies/record-ttl.ts';
import { leastMaxReceiveCount, sqsMaxReceiveCountLimit } from '../../contract/policies/retry-policy.ts';
import { defaultMaxReceiveCount, defaultVisibilityTimeout } from '../../lib/rules/retention-arithmetic.ts';

const day = 24 * 60 * 60;

test('a record outlives SNS retries, the queue, the dead-letter queue and clock skew', () => {
  expect(leastRecordTtl({ queueRetention: 4 * day, deadLetterRetention: 14 * day })).toBe(41 * day + 3600);
});

test.each([
  { functionTimeout: 30, toleratedOutage: day, visibility: 180 },
  // 950 receives are left of 1,000 beside 50 attempts.
  { functionTimeout: 5, toleratedOutage: day, visibility: 91 },
  { functionTimeout: 5, toleratedOutage: 3600, visibility: 30 },
])('the visibility timeout of a $functionTimeout s function in a $toleratedOutage s outage is $visibility s', ({
  visibility,
  ...times
}) => {
  // GIVEN
  const consumer = { ...times, batchSize: 10 };

  // WHEN
  const visibilityTimeout = defaultVisibilityTimeout(consumer);

  // THEN
  expect(visibilityTimeout).toBe(visibility);
  expect(leastMaxReceiveCount({ ...consumer, visibilityTimeout })).toBeLessThanOrEqual(
    sqsMaxReceiveCountLimit,
  );
});

describe('the default of maxReceiveCount', () => {
  const queue = { batchSize: 10, toleratedOutage: 86_400, retention: 4 * 86_400 };

  it.each([
    [180, 1000],
    [360, 950],
    // A function of 15 minutes: what the runtime needs comes first.
    [5400, 716],
  ])('with a visibility timeout of %i s is %i', (visibilityTimeout, expected) => {
    expect(defaultMaxReceiveCount({ ...queue, visibilityTimeout })).toBe(expected);
  });

  it('moves what no function gets hold of before its queue deletes it', () => {
    for (let visibilityTimeout = 180; visibilityTimeout <= 450; visibilityTimeout += 10) {
      const receives = defaultMaxReceiveCount({ ...queue, visibilityTimeout });
      expect(receives * visibilityTimeout).toBeLessThan(queue.retention);
    }
  });
});
