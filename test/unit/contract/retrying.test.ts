import fc from 'fast-check';
import {
  areAttemptsExhausted,
  backoffAtCapSeconds,
  backoffCapSeconds,
  backoffSeconds,
  leastMaxReceiveCount,
  longestWaitingSeconds,
  receivesDuring,
  spreadDelaySeconds,
} from '../../../contract/policies/retry-policy.ts';

const day = 24 * 60 * 60;
const randoms = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('the backoff', () => {
  it('starts the first retry within 3 seconds', () => {
    fc.assert(fc.property(randoms, (random) => backoffSeconds(1, random) < 3));
  });

  it('is a whole number of seconds from one to the cap for every receive count', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), randoms, (receives, random) => {
        const seconds = backoffSeconds(receives, random);
        expect(Number.isInteger(seconds)).toBe(true);
        expect(seconds).toBeGreaterThanOrEqual(1);
        expect(seconds).toBeLessThanOrEqual(Math.min(backoffCapSeconds, 2 ** receives));
      }),
    );
  });

  it('has full jitter: every wait between one second and the longest', () => {
    const waits = Array.from({ length: 64 }, (_, n) => backoffSeconds(5, n / 64));
    expect(new Set(waits)).toEqual(new Set(Array.from({ length: 32 }, (_, n) => n + 1)));
  });

  it('doubles up to the cap', () => {
    const longest = [1, 2, 3, 7, 8, 9, 1000].map((receives) => backoffSeconds(receives, 0.9999));
    expect(longest).toEqual([2, 4, 8, 128, 256, 300, 300]);
  });
});

test.each([
  [5, 60_000, true],
  [4, 3_600_000, false],
  [50, 59_999, false],
])('an event that failed %i times in %i ms is given up: %s', (attempts, ms, expected) => {
  expect(areAttemptsExhausted({ attempts, firstAttemptAt: 1000 }, 1000 + ms)).toBe(expected);
});

/** How often a message is received from the begin of an outage to its end. */
function receives(outage: number, random: () => number): number {
  let [received, time] = [0, 0];
  while (time <= outage) {
    received += 1;
    time += backoffSeconds(received, random());
  }
  return received;
}

describe('the receives of an outage', () => {
  it('never exceed maxReceiveCount, and are at most a quarter below it', () => {
    let seed = 1;
    // A linear congruential generator (Numerical Recipes): uniform, and the same in every run.
    const uniform = () => {
      seed = (seed * 1664525 + 1013904223) % 2 ** 32;
      return seed / 2 ** 32;
    };
    for (const outage of [1, 60, 600, 3600, day]) {
      const most = Math.max(...Array.from({ length: 200 }, () => receives(outage, uniform)));
      expect(most).toBeLessThanOrEqual(receivesDuring(outage, 180));
      if (outage === day) expect(most).toBeGreaterThan(0.75 * receivesDuring(outage, 180));
    }
  });

  it('are one per visibility timeout if the function does not start', () => {
    expect(receivesDuring(day, 60)).toBe(1440);
  });

  it('of a day leave room for all attempts of a batch within the 1,000 of SQS', () => {
    const consumer = { batchSize: 10, visibilityTimeoutSeconds: 180, toleratedOutageSeconds: day };
    expect(leastMaxReceiveCount(consumer)).toBe(716);
    expect(leastMaxReceiveCount({ ...consumer, batchSize: 1 })).toBe(671);
  });
});

describe('spreadDelaySeconds', () => {
  const limits = fc.record({
    maxReceiveCount: fc.integer({ min: 1, max: 1000 }),
    queueRetentionSeconds: fc.integer({ min: 60, max: 14 * day }),
    visibilityTimeoutSeconds: fc.integer({ min: 1, max: 43_200 }),
  });

  it('makes the receives of a message last until its retention, whatever makes it wait', () => {
    const runs = fc.record({
      limits,
      /** How soon each failure would come again. */
      random: fc.double({ min: 0, max: 0.999, noNaN: true }),
      /** Receives that a batch or a function that does not start used up before, and the age by then. */
      used: fc.double({ min: 0, max: 1, noNaN: true }),
      age: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(runs, ({ limits, random, used, age: begun }) => {
        const end = longestWaitingSeconds(limits);
        let received = Math.max(1, Math.floor(used * limits.maxReceiveCount));
        let age = begun * end;
        while (age < end - 1e-6) {
          expect(received).toBeLessThanOrEqual(limits.maxReceiveCount);
          age += Math.max(backoffSeconds(received, random), spreadDelaySeconds(received, age, limits));
          received += 1;
        }
      }),
      { seed: 1 },
    );
  });

  it('sets no minimum for the first quarter of the receives', () => {
    fc.assert(
      fc.property(limits, fc.nat(14 * day), (limits, age) => {
        const free = Math.floor(limits.maxReceiveCount / 4);
        expect(spreadDelaySeconds(free, age, limits)).toBe(0);
        expect(spreadDelaySeconds(free + 1, 0, limits)).toBeGreaterThan(0);
      }),
    );
  });

  it('is at most 8 minutes for a queue with 4 days and 1,000 receives, even if all earlier receives came at once', () => {
    const limits = { maxReceiveCount: 1000, queueRetentionSeconds: 4 * day, visibilityTimeoutSeconds: 180 };
    let longest = 0;
    for (let [received, age] = [1, 0]; age < longestWaitingSeconds(limits); received += 1) {
      const wait = Math.max(1, spreadDelaySeconds(received, age, limits));
      longest = Math.max(longest, wait);
      age += wait;
    }
    expect(longest).toBeGreaterThan(420);
    expect(longest).toBeLessThan(480);
  });
});

test.each([
  [4 * day, 180, 4 * day - 3600],
  [36_000, 180, 32_400],
  [60, 1, 54],
  [4 * day, 5400, 4 * day - 10_800],
  [600, 300, 300],
])('of a retention of %i s and a visibility timeout of %i s a message waits %i s: an hour less, a tenth, or two timeouts', (retention, visibilityTimeout, expected) => {
  expect(
    longestWaitingSeconds({ queueRetentionSeconds: retention, visibilityTimeoutSeconds: visibilityTimeout }),
  ).toBe(expected);
});

test('a message that blocks its group waits up to the cap from its first receive on', () => {
  expect([0, 0.5, 0.9999].map(backoffAtCapSeconds)).toEqual([1, 151, 300]);
});
