import type { OrderEvent } from '../../../contract/orders/order-event.ts';
import { JournalError } from '../../../publisher/errors.ts';
import { type PublishToOptions, publishTo } from '../../../publisher/publish.ts';
import { FakeTopic } from './support/fake-topic.ts';
import { MemoryJournal } from './support/memory-journal.ts';
import { order, orders, toLines } from './support/orders.ts';
import { seededRandom } from './support/seeded-random.ts';
import { VirtualClock } from './support/virtual-clock.ts';

function setUp(seed = 1) {
  const clock = new VirtualClock();
  const random = seededRandom(seed);
  const topic = new FakeTopic(clock, random);
  const journal = new MemoryJournal();
  const run = (lines: Iterable<string>, options: PublishToOptions<OrderEvent> = {}) =>
    publishTo(topic, lines, { clock, random, journal, ...options });
  return { clock, random, topic, journal, run };
}

/** Whether a process ended by itself; else it was killed, and what it had under way is over. */
async function endsByItself(run: Promise<unknown>, isAlive: () => boolean): Promise<boolean> {
  let ended = false;
  void run.then(() => {
    ended = true;
  });
  while (!ended && isAlive()) await new Promise(setImmediate);
  for (let i = 0; i < 100; i += 1) await new Promise(setImmediate);
  return ended;
}

async function failureOf(promise: Promise<unknown>): Promise<JournalError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(JournalError);
  return error as JournalError;
}

/** Every event arrived, in order within its group, and all copies of one tell the same time, not later than the first. */
function expectAll(topic: FakeTopic, events: readonly OrderEvent[]): void {
  const firsts = new Map<string, { at: number; times: Set<number | undefined> }>();
  const arrivals: Record<string, string[]> = {};
  for (const { entry, at } of topic.accepted) {
    const { id, partitionkey } = JSON.parse(entry.body) as OrderEvent;
    const first = firsts.get(id);
    if (first !== undefined) {
      first.times.add(entry.firstPublished);
      continue;
    }
    firsts.set(id, { at, times: new Set([entry.firstPublished]) });
    arrivals[partitionkey] = [...(arrivals[partitionkey] ?? []), id];
  }
  const expected: Record<string, string[]> = {};
  for (const { id, partitionkey } of events) expected[partitionkey] = [...(expected[partitionkey] ?? []), id];
  expect(arrivals).toEqual(expected);
  for (const { at, times } of firsts.values()) {
    expect(times.size).toBe(1);
    expect([...times][0]).toBeLessThanOrEqual(at);
  }
  expect(topic.violations).toEqual([]);
}

describe('a run with a journal', () => {
  test('writes the journal before it sends, with the first-published time of its events', async () => {
    // GIVEN a new journal
    const { clock, topic, journal, run } = setUp();
    const started = clock.now();
    let before: string | undefined;
    topic.beforeRequest = (request) => {
      if (request === 1) before = journal.text;
    };
    // WHEN an event is published
    await run(toLines([order(1)]));
    // THEN the journal knew before the first request
    expect(JSON.parse(before ?? '')).toMatchObject({
      version: 1,
      topicArn: topic.arn,
      deduplication: 'content',
      lines: 0,
      firstPublished: started,
    });
    expect(JSON.parse(before ?? '').reserved).toBeGreaterThan(0);
    expect(topic.accepted[0]?.entry.firstPublished).toBe(started);
  });

  test('publishes nothing again if the journal is complete', async () => {
    // GIVEN a run that is over
    const { topic, run } = setUp();
    const lines = toLines(orders(50));
    await run(lines);
    const requests = topic.requests.length;
    // WHEN the same input comes again
    const summary = await run(lines);
    // THEN
    expect(summary).toEqual({ events: 0, skipped: 50, requests: 0, retries: 0 });
    expect(topic.requests).toHaveLength(requests);
  });

  test('publishes the new lines of a longer input, with a new time', async () => {
    // GIVEN a run that is over, months ago
    const { clock, topic, run } = setUp();
    await run(toLines(orders(50)));
    clock.advance(90 * 86_400_000);
    const resumed = clock.now();
    // WHEN the input has grown
    const summary = await run(['', ...toLines(orders(80))].slice(1));
    // THEN the rest is published, and is not 90 days old already
    expect(summary).toMatchObject({ events: 30, skipped: 50 });
    expectAll(topic, orders(80));
    expect(topic.accepted.slice(50).every(({ entry }) => entry.firstPublished === resumed)).toBe(true);
  });

  test('continues behind an invalid line after that line is fixed', async () => {
    // GIVEN a run that stopped at line 21
    const { topic, run } = setUp();
    const lines = toLines(orders(40));
    await expect(run(lines.with(20, 'no event'))).rejects.toMatchObject({ line: 21 });
    // WHEN the line is mended
    const summary = await run(lines);
    // THEN nothing is sent twice
    expect(summary).toMatchObject({ events: 20, skipped: 20 });
    expect(topic.accepted).toHaveLength(40);
    expectAll(topic, orders(40));
  });

  test('does not skip an event if only a later one was accepted', async () => {
    // GIVEN a topic that refused the second event and took those beside it
    const { topic, journal, run } = setUp();
    const lines = toLines(orders(20, 20));
    topic.refuses = ({ line }) => line === 2;
    await expect(run(lines)).rejects.toMatchObject({ code: 'REFUSED', line: 2 });
    expect(topic.delivered.length).toBeGreaterThan(8);
    // THEN the journal is done with what leads
    expect(JSON.parse(journal.text ?? '').lines).toBe(1);
    // WHEN it takes all
    topic.refuses = () => false;
    const summary = await run(lines);
    // THEN
    expect(summary).toMatchObject({ events: 19, skipped: 1 });
    expectAll(topic, orders(20, 20));
  });

  test('counts and skips blank lines', async () => {
    const { run } = setUp();
    const lines = toLines(orders(4)).flatMap((line) => ['', line]);
    await run(lines);
    await expect(run([...lines, '', 'no event'])).rejects.toMatchObject({ line: 10 });
    expect(await run([...lines, ''])).toMatchObject({ events: 0, skipped: 4 });
  });

  test.each([
    'content',
    'event',
  ] as const)('may be killed at any request, before or after the topic took it: every event arrives, in order (%s)', async (deduplication) => {
    const events = orders(45, 4);
    for (const moment of ['before', 'after'] as const) {
      let finished = false;
      for (let cut = 1; !finished; cut += 1) {
        // GIVEN a process that dies at its nth request, on a topic that fails at random
        const { clock, random, topic, journal } = setUp(cut);
        topic.faults = { entryFails: 0.2, requestThrottled: 0.1, answerLost: 0.1 };
        const first = journal.process();
        const dyingTopic = {
          arn: topic.arn,
          publishBatch: async (...args: Parameters<FakeTopic['publishBatch']>) => {
            const dies = topic.requests.length + 1 >= cut;
            if (dies && moment === 'before') first.kill();
            if (!first.isAlive()) return new Promise<never>(() => {});
            const results = await topic.publishBatch(...args);
            if (dies) first.kill();
            return first.isAlive() ? results : new Promise<never>(() => {});
          },
        };
        const options = { clock, random, deduplication };
        const dead = publishTo(dyingTopic, toLines(events), { ...options, journal: first.storage });
        finished = await endsByItself(dead, first.isAlive);
        topic.forgetRequests();
        // WHEN another goes on, inside the broker's window or long after it
        clock.advance(cut % 2 ? 0 : 40 * 86_400_000);
        await publishTo(topic, toLines(events), { ...options, journal });
        // THEN
        expectAll(topic, events);
      }
    }
  });

  test.each([
    'die before',
    'die after',
  ] as const)('may be killed at any write of its journal (%s): every event arrives, in order', async (fate) => {
    const events = orders(60, 4);
    let finished = false;
    let cut = 1;
    for (; !finished; cut += 1) {
      // GIVEN a process that dies as it writes its journal the nth time
      const { clock, random, topic, journal } = setUp(cut);
      topic.faults = { entryFails: 0.2 };
      const first = journal.process((write) => (write === cut ? fate : 'write'));
      topic.beforeRequest = () => (first.isAlive() ? undefined : new Promise<never>(() => {}));
      const dead = publishTo(topic, toLines(events), { clock, random, journal: first.storage });
      finished = await endsByItself(dead, first.isAlive);
      topic.beforeRequest = () => {};
      topic.forgetRequests();
      clock.advance(40 * 86_400_000);
      // WHEN another goes on
      await publishTo(topic, toLines(events), { clock, random, journal });
      // THEN
      expectAll(topic, events);
    }
    expect(cut).toBeGreaterThan(4);
  });

  describe('with more lines than the 10,000 of a reservation', () => {
    const events = orders(12_000, 500);
    const lines = toLines(events);
    const parse = (body: string) => JSON.parse(body) as OrderEvent;

    test('gives, after a kill, a new time only to events that were certainly never sent', async () => {
      // GIVEN a run that died behind line 9,000, and so had reserved 10,000
      const { clock, random, topic, journal, run } = setUp();
      const first = journal.process();
      topic.beforeRequest = () => {
        if (topic.accepted.length > 9_000) first.kill();
        return first.isAlive() ? undefined : new Promise<never>(() => {});
      };
      const dead = publishTo(topic, lines, { clock, random, parse, journal: first.storage });
      expect(await endsByItself(dead, first.isAlive)).toBe(false);
      const started = topic.accepted[0]?.entry.firstPublished;
      topic.beforeRequest = () => {};
      topic.forgetRequests();
      clock.advance(40 * 86_400_000);
      // WHEN another goes on, 40 days later
      const { skipped } = await run(lines, { parse });
      // THEN
      expect(skipped).toBeGreaterThan(5_000);
      expectAll(topic, events);
      const late = topic.accepted.filter(({ entry }) => entry.firstPublished !== started);
      expect(late.map(({ entry }) => entry.line).toSorted((a, b) => a - b)).toEqual(
        Array.from({ length: 2_000 }, (_, n) => 10_001 + n),
      );
    });

    test('makes no new reservation before all reserved lines are accepted', async () => {
      // GIVEN an event near the end of a reservation that fails for a while
      const { topic, run } = setUp();
      let failures = 0;
      topic.fails = ({ line }) => line === 9_990 && failures++ < 5;
      const acceptedBefore: number[] = [];
      topic.beforeRequest = (_, entries) => {
        if (entries.some(({ line }) => line > 10_000)) acceptedBefore.push(topic.accepted.length);
      };
      // WHEN the run goes beyond
      await run(lines, { parse });
      // THEN a later line, with a later time, was never sent beside it
      expect(failures).toBe(6);
      expect(acceptedBefore[0]).toBe(10_000);
      expectAll(topic, events);
    });
  });

  test('writes the journal at most every 250 ms, besides reservations and the end', async () => {
    // GIVEN a run of some seconds
    const { clock, journal, run } = setUp();
    const started = clock.now();
    // WHEN it is over
    await run(toLines(orders(3_000, 500)));
    // THEN
    const seconds = (clock.now() - started) / 1_000;
    expect(journal.written.length).toBeGreaterThan(3);
    expect(journal.written.length).toBeLessThanOrEqual(seconds * 4 + 3);
  });
});

describe('a journal is refused', () => {
  test.each<[string, (lines: string[]) => string[], RegExp]>([
    [
      'another input',
      (lines) => lines.with(3, JSON.stringify(order(99))),
      /first 20 lines of this input differ from its published lines/,
    ],
    ['a shorter input', (lines) => lines.slice(0, 10), /has 20 published lines, and this input has 11 lines/],
    ['an input whose lines moved', (lines) => ['', ...lines], /first 20 lines/],
  ])('with %s: nothing is sent, and the journal stays', async (_, change, message) => {
    // GIVEN a run that stopped behind line 20
    const { topic, journal, run } = setUp();
    const lines = toLines(orders(20));
    await run(lines);
    const { text } = journal;
    const requests = topic.requests.length;
    // WHEN another input comes with its journal
    const error = await failureOf(run(change(lines).concat(toLines([order(50)]))));
    // THEN
    expect(error.code).toBe('JOURNAL_MISMATCH');
    expect(error.message).toMatch(message);
    expect(error.message).toContain('orders.journal');
    expect(topic.requests).toHaveLength(requests);
    expect(journal.text).toBe(text);
  });

  test.each([
    ['topic', { topicArn: 'arn:aws:sns:eu-west-1:123456789012:other.fifo' }, /topicArn/],
    ['deduplication', { deduplication: 'event' }, /deduplication "event", and this run has "content"/],
  ])('of another %s', async (_, change, message) => {
    const { journal, topic, run } = setUp();
    await run(toLines(orders(3)));
    journal.text = JSON.stringify({ ...JSON.parse(journal.text ?? ''), ...change });
    const requests = topic.requests.length;
    const error = await failureOf(run(toLines(orders(5))));
    expect(error.code).toBe('JOURNAL_MISMATCH');
    expect(error.message).toMatch(message);
    expect(topic.requests).toHaveLength(requests);
  });

  test.each([
    ['cut off', (text: string) => text.slice(0, -10)],
    ['empty', () => ''],
    ['of another version', (text: string) => text.replace('"version": 1', '"version": 2')],
    ['no journal', () => '{"specversion":"1.0"}'],
    ['with a negative count', (text: string) => text.replace(/"lines": \d+/, '"lines": -1')],
  ])('that is %s, with an error that names the file and the fix', async (_, damage) => {
    const { journal, topic, run } = setUp();
    await run(toLines(orders(3)));
    journal.text = damage(journal.text ?? '');
    const requests = topic.requests.length;
    const error = await failureOf(run(toLines(orders(5))));
    expect(error.code).toBe('JOURNAL_UNREADABLE');
    expect(error.message).toMatch(/^orders\.journal is not a journal .*: name another file, or delete it/s);
    expect(topic.requests).toHaveLength(requests);
  });

  test('by a run that finds another run in it; the events of both are in order', async () => {
    // GIVEN a run under way
    const { clock, random, topic, journal, run } = setUp();
    const events = orders(2_000, 100);
    let second: Promise<unknown> | undefined;
    const other = new FakeTopic(clock, random);
    topic.beforeRequest = (request) => {
      if (request === 10) second = publishTo(other, toLines(events), { clock, random, journal });
    };
    // WHEN a second starts with its journal
    const error = await failureOf(run(toLines(events)));
    await second;
    // THEN the first stops, and the second publishes all
    expect(error.code).toBe('JOURNAL_TAKEN');
    expectAll(other, events);
  });
});
