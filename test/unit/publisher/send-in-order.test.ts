import fc from 'fast-check';
import { PublishError } from '../../../publisher/errors.ts';
import { sendInOrder } from '../../../publisher/sending/send-in-order.ts';
import type { Entry } from '../../../publisher/topic/entry.ts';
import { FakeClock } from '../../support/wiring.ts';
import { byGroup, FakeTopic } from './support/fake-topic.ts';
import { seededRandom } from './support/seeded-random.ts';
import { VirtualClock } from './support/virtual-clock.ts';

function setUp(seed = 1) {
  const clock = new VirtualClock();
  const random = seededRandom(seed);
  return { clock, random, topic: new FakeTopic(clock, random) };
}

function entry(line: number, messageGroup: string, bytes = 20): Entry {
  return { line, messageGroup, body: `${line}:`.padEnd(bytes, 'x'), firstPublished: 1_767_225_600_000 };
}

function entries(count: number, groups: number): Entry[] {
  return Array.from({ length: count }, (_, index) => entry(index + 1, `group-${index % groups}`));
}

async function failureOf(promise: Promise<unknown>): Promise<PublishError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(PublishError);
  return error as PublishError;
}

describe('sendInOrder', () => {
  test('delivers every entry once and in its group’s order, whatever fails, within the limits of SNS', async () => {
    const sizes = fc.oneof(
      { weight: 5, arbitrary: fc.integer({ min: 10, max: 200 }) },
      { weight: 1, arbitrary: fc.integer({ min: 20_000, max: 262_000 }) },
    );
    const faults = fc.record({
      entryFails: fc.double({ min: 0, max: 0.3, noNaN: true }),
      requestThrottled: fc.double({ min: 0, max: 0.2, noNaN: true }),
      answerLost: fc.double({ min: 0, max: 0.2, noNaN: true }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 15 }), sizes), { maxLength: 120, size: 'max' }),
        faults,
        fc.integer(),
        async (input, rates, seed) => {
          // GIVEN a topic that throttles, refuses single entries and loses answers
          const { clock, random, topic } = setUp(seed);
          topic.faults = rates;
          const all = input.map(([group, bytes], index) => entry(index + 1, `group-${group}`, bytes));
          const callbacks: Entry[] = [];
          // WHEN entries of any groups and sizes are sent
          const onAccepted = (accepted: Entry) => void callbacks.push(accepted);
          const summary = await sendInOrder(all, topic, { clock, random, onAccepted });
          // THEN they arrive, in order, and the callback heard of each
          expect(topic.deliveredByGroup()).toEqual(byGroup(all));
          expect(byGroup(callbacks)).toEqual(byGroup(all));
          expect(topic.violations).toEqual([]);
          expect(summary.entries).toBe(all.length);
          expect(summary.requests).toBe(topic.requests.length);
          expect(summary.entries + summary.retries).toBe(topic.requests.flat().length);
        },
      ),
      { numRuns: 150 },
    );
  });

  test('fills requests and keeps eight of them pending', async () => {
    // GIVEN as many groups as entries
    const { clock, random, topic } = setUp();
    // WHEN they are sent
    await sendInOrder(entries(2_000, 2_000), topic, { clock, random });
    // THEN only the first request, which had nothing to wait for, is not full
    expect(topic.requests.length).toBeLessThanOrEqual(202);
    expect(topic.mostAtOnce).toBe(8);
  });

  test('sends a single entry of a source that then waits', async () => {
    // GIVEN a source that gives one entry and no more
    const { clock, random, topic } = setUp();
    const stop = new AbortController();
    async function* source() {
      yield entry(1, 'a');
      await new Promise(() => {});
    }
    // WHEN the entry was accepted
    await new Promise<void>((resolve) => {
      const onAccepted = () => resolve();
      sendInOrder(source(), topic, { clock, random, onAccepted, signal: stop.signal }).catch(() => {});
    });
    // THEN it was not held back to fill a request
    expect(topic.delivered).toHaveLength(1);
    stop.abort();
  });

  test.each([
    ['one hot group', () => 'hot', 20],
    ['one hot group beside many', (n: number) => (n % 2 ? 'hot' : `group-${n}`), 20],
    ['many groups', (n: number) => `group-${n}`, 20],
  ])('never reads more than 1,000 entries ahead of the accepted ones: %s', async (_, groupOf, bytes) => {
    // GIVEN a long source that counts what is read of it
    const { clock, random, topic } = setUp();
    let read = 0;
    let furthest = 0;
    function* source() {
      for (read = 1; read <= 3_000; read += 1) {
        furthest = Math.max(furthest, read - topic.accepted.length);
        yield entry(read, groupOf(read), bytes);
      }
    }
    // WHEN it is sent
    await sendInOrder(source(), topic, { clock, random });
    // THEN reading never ran away
    expect(topic.delivered).toHaveLength(3_000);
    expect(furthest).toBeGreaterThan(100);
    // 1,000 waiting, and what the topic accepted in requests whose answers are still under way
    expect(furthest).toBeLessThanOrEqual(1_000);
  });

  test('never holds more than 8 MiB of large entries and one more', async () => {
    // GIVEN entries of 200 KB of one group
    const { clock, random, topic } = setUp();
    let furthest = 0;
    function* source() {
      for (let read = 1; read <= 150; read += 1) {
        furthest = Math.max(furthest, read - topic.accepted.length);
        yield entry(read, 'hot', 200_000);
      }
    }
    // WHEN they are sent
    await sendInOrder(source(), topic, { clock, random });
    // THEN 42 of them are held at most
    expect(furthest).toBeGreaterThan(30);
    expect(furthest).toBeLessThanOrEqual(43);
  });

  test('sends the earliest entries first, so that a long group does not wait behind short ones', async () => {
    // GIVEN four entries of one group before 900 of others
    const { clock, random, topic } = setUp();
    const source = [1, 2, 3, 4].map((line) => entry(line, 'long'));
    for (let line = 5; line <= 904; line += 1) source.push(entry(line, `group-${line}`));
    // WHEN they are sent
    await sendInOrder(source, topic, { clock, random });
    // THEN the fourth needs three answers before it, and no more
    const place = topic.delivered.findIndex(({ entry: { line } }) => line === 4);
    expect(place).toBeGreaterThan(0);
    expect(place).toBeLessThan(600);
  });

  test('continues with other groups while an entry waits for its retry', async () => {
    // GIVEN an entry that fails nine times
    const { clock, random, topic } = setUp();
    let failures = 0;
    const source = [
      entry(1, 'slow'),
      ...entries(500, 100).map((e) => ({ ...e, line: e.line + 1 })),
      entry(502, 'slow'),
    ];
    topic.fails = ({ line }) => line === 1 && failures++ < 9;
    // WHEN all are sent
    const { retries } = await sendInOrder(source, topic, { clock, random });
    // THEN the rest did not wait for it, and its follower did
    const lines = topic.delivered.map(({ entry: { line } }) => line);
    expect(retries).toBe(9);
    expect(lines).toHaveLength(502);
    expect(lines.indexOf(1)).toBeGreaterThan(400);
    expect(lines.at(-1)).toBe(502);
  });

  test.each([
    ['the longest', 1 - 2 ** -53, [100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000]],
    ['a middling', 0.5, [50, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]],
    ['no', 0, [0, 0, 0, 0, 0, 0, 0, 0, 0]],
  ])('waits between attempts: 100 ms, doubled each time up to 10 s, with full jitter: %s', async (_, jitter, expected) => {
    // GIVEN a topic that is down, and answers at once
    const clock = new VirtualClock();
    const topic = new FakeTopic(clock, { next: () => 0, uuid: () => '' });
    const at: number[] = [];
    topic.beforeRequest = () => void at.push(clock.now());
    topic.faults = { requestThrottled: 1 };
    // WHEN an entry is sent
    const random = { next: () => jitter, uuid: () => '' };
    await failureOf(sendInOrder([entry(1, 'a')], topic, { clock, random }));
    // THEN each wait is twice the one before, up to the cap
    expect(at.slice(1).map((time, index) => time - (at[index] ?? 0))).toEqual(expected);
  });

  test('gives up after ten attempts of an entry, and names its line and the topic’s reason', async () => {
    // GIVEN a topic that throttles everything
    const { clock, random, topic } = setUp();
    topic.faults = { requestThrottled: 1 };
    // WHEN an entry is sent
    const error = await failureOf(sendInOrder([entry(7, 'a')], topic, { clock, random }));
    // THEN it was tried ten times
    expect(topic.requests).toHaveLength(10);
    expect(error).toMatchObject({ code: 'ATTEMPTS_USED_UP', line: 7, cause: { code: 'Throttled' } });
    expect(error.message).toMatch(/^Line 7: .*10 attempts.*Throttled: Rate exceeded$/);
  });

  test('stops at a refused entry without further requests, and awaits the pending ones', async () => {
    // GIVEN a topic that refuses one entry among many
    const { clock, random, topic } = setUp();
    const accepted: number[] = [];
    topic.refuses = ({ line }) => line === 50;
    // WHEN they are sent
    const onAccepted = ({ line }: Entry) => void accepted.push(line);
    const error = await failureOf(sendInOrder(entries(5_000, 5_000), topic, { clock, random, onAccepted }));
    // THEN the requests under way were its last, and all that was accepted is known
    expect(error).toMatchObject({ code: 'REFUSED', line: 50, cause: { code: 'InvalidParameter' } });
    expect(topic.requests.length).toBeLessThan(30);
    expect(topic.requests.flat().filter(({ line }) => line === 50)).toHaveLength(1);
    expect(accepted.toSorted()).toEqual(topic.delivered.map(({ entry: { line } }) => line).toSorted());
  });

  test('rejects with the first error, whatever the pending requests are answered', async () => {
    // GIVEN a topic that refuses all entries, and answers the first request last
    const { clock, random, topic } = setUp();
    topic.refuses = () => true;
    topic.beforeRequest = (request) => (request === 1 ? clock.sleep(1_000) : undefined);
    // WHEN they are sent
    const error = await failureOf(sendInOrder(entries(20, 20), topic, { clock, random }));
    // THEN the first entry of another request is named
    const [first, ...others] = topic.requests.map(([{ line } = { line: 0 }]) => line);
    expect(others).toContain(error.line);
    expect(error.line).not.toBe(first);
  });

  test('refuses an entry of more than 256 KiB with its attributes, after sending the earlier ones', async () => {
    // GIVEN an attribute of 34 bytes, an entry that fits to the byte, and one that is larger by one
    const { clock, random, topic } = setUp();
    const attribute = 'first-publishedNumber1767225600000'.length;
    const source = [
      entry(1, 'a'),
      entry(2, 'a', 262_144 - attribute),
      entry(3, 'a', 262_145 - attribute),
      entry(4, 'a'),
    ];
    // WHEN they are sent
    const error = await failureOf(sendInOrder(source, topic, { clock, random }));
    // THEN the first two arrive and the third is named
    expect(error).toMatchObject({ code: 'TOO_LARGE', line: 3 });
    expect(error.message).toContain('262145 bytes');
    expect(topic.delivered.map(({ entry: { line } }) => line)).toEqual([1, 2]);
  });

  test('sends the entries of a failing source, then rejects with its error', async () => {
    // GIVEN a source that breaks, and a topic that fails at random
    const { clock, random, topic } = setUp();
    topic.faults = { entryFails: 0.3 };
    const failure = new Error('disk gone');
    async function* source() {
      yield* entries(200, 7);
      throw failure;
    }
    // WHEN it is sent
    const sending = sendInOrder(source(), topic, { clock, random });
    // THEN all of it arrives
    await expect(sending).rejects.toBe(failure);
    expect(topic.deliveredByGroup()).toEqual(byGroup(entries(200, 7)));
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('full');
      },
    ],
    ['rejects', () => Promise.reject(new Error('full'))],
  ])('stops if the callback %s', async (_, onAccepted) => {
    // GIVEN a callback that fails
    const { clock, random, topic } = setUp();
    // WHEN entries are sent
    const sending = sendInOrder(entries(5_000, 5_000), topic, { clock, random, onAccepted });
    // THEN sending stops
    await expect(sending).rejects.toThrow('full');
    expect(topic.requests.length).toBeLessThan(30);
  });

  test('stops when aborted: awaits the pending requests, and does not wait for the source', async () => {
    // GIVEN a source that waits after some entries
    const { clock, random, topic } = setUp();
    const stop = new AbortController();
    const reason = new Error('Ctrl-C');
    async function* source() {
      yield* entries(35, 35);
      await new Promise(() => {});
    }
    topic.beforeRequest = (request) => {
      if (request === 3) stop.abort(reason);
    };
    // WHEN it is aborted during the third request
    const sending = sendInOrder(source(), topic, { clock, random, signal: stop.signal });
    // THEN it rejects with the reason, after the answers
    await expect(sending).rejects.toBe(reason);
    expect(topic.requests).toHaveLength(3);
    expect(topic.accepted).toHaveLength(topic.requests.flat().length);
  });

  test('leaves no timer behind when aborted, so the process ends', async () => {
    // GIVEN entries that wait to be sent again
    const clock = new FakeClock();
    const random = seededRandom(1);
    const topic = new FakeTopic(clock, random);
    topic.fails = () => true;
    const stop = new AbortController();
    const sending = sendInOrder(entries(10, 10), topic, { clock, random, signal: stop.signal });
    while (clock.waiting < 10) await new Promise(setImmediate);
    // WHEN it is aborted
    stop.abort();
    // THEN nothing waits any more
    await expect(sending).rejects.toMatchObject({ name: 'AbortError' });
    expect(clock.waiting).toBe(0);
  });

  test('sends nothing if it is aborted before its start', async () => {
    // GIVEN a signal that is aborted
    const { clock, random, topic } = setUp();
    let read = 0;
    function* source() {
      read += 1;
      yield entry(1, 'a');
    }
    // WHEN entries are sent
    const sending = sendInOrder(source(), topic, { clock, random, signal: AbortSignal.abort() });
    // THEN nothing is read
    await expect(sending).rejects.toMatchObject({ name: 'AbortError' });
    expect(read).toBe(0);
  });

  test('stops at an error that is not the topic’s', async () => {
    // GIVEN a topic with a bug
    const { clock, random, topic } = setUp();
    topic.beforeRequest = () => {
      throw new TypeError('a bug');
    };
    // WHEN entries are sent
    const sending = sendInOrder(entries(50, 5), topic, { clock, random });
    // THEN nothing is tried again, or taken for accepted
    await expect(sending).rejects.toThrow(new TypeError('a bug'));
    expect(topic.requests).toHaveLength(1);
  });

  test('retries an entry that is missing in the answer', async () => {
    // GIVEN a topic whose first answer is empty
    const { clock, random, topic } = setUp();
    let answers = 0;
    const forgetful = {
      arn: topic.arn,
      publishBatch: async (batch: readonly Entry[]) => {
        const results = await topic.publishBatch(batch);
        return answers++ === 0 ? [] : results;
      },
    };
    // WHEN an entry is sent
    const { retries } = await sendInOrder([entry(1, 'a')], forgetful, { clock, random });
    // THEN it is not taken for accepted
    expect(retries).toBe(1);
  });
});
