import type { SNSClient } from '@aws-sdk/client-sns';
import { type Clock, systemClock } from '../contract/clock.ts';
import { canonicalJson } from '../contract/event/canonical-json.ts';
import { type CloudEvent, readEvent } from '../contract/event/event-parser.ts';
import { type Random, systemRandom } from '../contract/random.ts';
import { checkOptions } from './check-options.ts';
import { type Deduplication, deduplicationId } from './deduplication.ts';
import { PublishError } from './errors.ts';
import { identified } from './input/identified.ts';
import { iterateLines, type Lines } from './input/input.ts';
import { Journal } from './journal/journal.ts';
import { type JournalStorage, journalFile } from './journal/journal-file.ts';
import type { JournalOwner } from './journal/journal-state.ts';
import { messageGroup } from './message-group.ts';
import { sendInOrder } from './sending/send-in-order.ts';
import type { Entry } from './topic/entry.ts';
import { checkTopicArn, snsClient, snsTopic } from './topic/sns-topic.ts';
import type { Topic } from './topic/topic.ts';

export interface PublishOptions<Event extends CloudEvent = CloudEvent> {
  /** The ARN of a FIFO topic. */
  topicArn: string;
  /** Default: a client for the topic's Region, with the credentials and the endpoint of the environment. */
  client?: SNSClient | undefined;
  /**
   * Bytes of an event with its attributes that the topic accepts: `maxEventSize` of its `EventTopic`, or its attribute
   * `MaximumMessageSize`. From 1,024 to 1,032,192. Default: 262,144 (256 KiB).
   */
  maxEventSize?: number | undefined;
  /** Which messages the broker treats as the same message. Default: `content`. */
  deduplication?: Deduplication<Event> | undefined;
  /**
   * The path of a file that lets an interrupted run continue: run again with the same input and options. Use one run at
   * a time: two runs send events twice, in order, until one of them stops with JOURNAL_TAKEN. Keep a key function the
   * same, because the journal cannot compare it with the earlier one. Default: none, so every run publishes its whole
   * input.
   */
  journal?: string | undefined;
  /**
   * Parses a line into its event, and throws if the line is not a valid event.
   *
   *   parse: (line) => parseBooking({ body: line }),
   *
   * Default: any CloudEvents 1.0 event with a `partitionkey`.
   */
  parse?: ((line: string) => Event) | undefined;
  /** Called after the topic accepted the event of a line, in order within a message group. An error stops the run. */
  onPublished?: ((event: Event, line: number) => void) | undefined;
  /** Stops the run. It rejects with the signal's reason after its pending requests. */
  signal?: AbortSignal | undefined;
  clock?: Clock | undefined;
  random?: Random | undefined;
}

export interface PublishSummary {
  /** Events that the topic accepted. */
  readonly events: number;
  /** Skipped events: the journal says that the topic accepted them in an earlier run. */
  readonly skipped: number;
  /** Calls of PublishBatch. */
  readonly requests: number;
  /** How often an event had to be sent again. */
  readonly retries: number;
}

/**
 * Publishes events, one per line, to a FIFO topic: as canonical JSON, and in order within each `partitionkey`, which is the
 * message group. An event can be sent twice. The broker removes the second copy within 5 minutes, and the consumers'
 * records after that. Memory does not grow with the input.
 *
 * If it rejects, accepted events stay published, and the journal has them. `PublishAgain` in spec/OrderOnce.tla.
 *
 * @example
 * ```ts
 * const { events } = await publish(readLines('orders.ndjson'), { topicArn, journal: 'orders.journal' });
 * ```
 * @param lines Events as JSON, one per line (`readLines` reads a file). Blank lines are skipped.
 * @throws PublishError that names the line. With INVALID_LINE, NO_DEDUPLICATION_KEY and TOO_LARGE, all earlier lines are
 *   published. With REFUSED and ATTEMPTS_USED_UP, only the pending requests are awaited.
 * @throws InputError if `lines` is not an iterable, or a line is not a string. The earlier lines are published.
 * @throws JournalError if the journal belongs to another run. Nothing was sent.
 * @throws ConfigurationError if `topicArn` is not the ARN of a FIFO topic, or another option has an invalid value.
 * @throws The error of `lines`, after publishing the earlier lines, and the error of `onPublished`.
 */
export async function publish<Event extends CloudEvent = CloudEvent>(
  lines: Lines,
  options: PublishOptions<Event>,
): Promise<PublishSummary> {
  checkOptions(options);
  const { topicArn, client, journal, maxEventSize, ...others } = options;
  checkTopicArn(topicArn);
  const sns = client ?? snsClient(topicArn);
  try {
    return await publishTo(snsTopic(topicArn, sns, { maxEventSize }), lines, {
      ...others,
      journal: journal === undefined ? undefined : journalFile(journal),
    });
  } finally {
    if (client === undefined) sns.destroy();
  }
}

export interface PublishToOptions<Event extends CloudEvent>
  extends Omit<PublishOptions<Event>, 'topicArn' | 'client' | 'journal' | 'maxEventSize'> {
  journal?: JournalStorage | undefined;
}

/** `publish` to any topic, with a journal in any storage. */
export async function publishTo<Event extends CloudEvent = CloudEvent>(
  topic: Topic,
  lines: Lines,
  options: PublishToOptions<Event>,
): Promise<PublishSummary> {
  checkOptions(options);
  const { onPublished, signal, clock = systemClock, random = systemRandom } = options;
  const source = iterateLines(lines);
  let skipped = 0;
  const skip = async () => {
    signal?.throwIfAborted();
    const { done, value } = await source.next();
    if (!done && !isBlank(value)) skipped += 1;
    return done ? undefined : value;
  };

  try {
    const owner = { topicArn: topic.arn, deduplication: nameOf(options.deduplication) };
    const journal = options.journal && (await Journal.resume(options.journal, owner, skip, clock, random));
    try {
      const { entries, ...sent } = await sendInOrder(entriesOf(source, journal, clock, options), topic, {
        onAccepted: ({ line, body }) => {
          onPublished?.(JSON.parse(body) as Event, line);
          return journal?.accepted(line);
        },
        signal,
        clock,
        random,
      });
      await journal?.close();
      return { events: entries, skipped, ...sent };
    } catch (error) {
      // The caller needs the first error. An outdated journal only makes the next run resend some events.
      await journal?.close().catch(() => {});
      throw error;
    }
  } finally {
    // Not awaited: the source may be waiting for a line that never arrives.
    void Promise.resolve(source.return?.()).catch(() => {});
  }
}

async function* entriesOf<Event extends CloudEvent>(
  source: AsyncIterator<string>,
  journal: Journal | undefined,
  clock: Clock,
  options: PublishToOptions<Event>,
): AsyncGenerator<Entry> {
  let line = journal?.lines ?? 0;
  for (let next = await source.next(); !next.done; next = await source.next()) {
    line += 1;
    if (isBlank(next.value)) {
      journal?.pass(next.value);
      continue;
    }
    const message = toMessage(next.value, line, options);
    const firstPublished = journal === undefined ? clock.now() : await journal.take(next.value);
    yield { line, ...message, firstPublished };
  }
}

function toMessage<Event extends CloudEvent>(
  text: string,
  line: number,
  {
    deduplication = 'content',
    parse = readEvent as (line: string) => CloudEvent as (line: string) => Event,
  }: PublishToOptions<Event>,
): Pick<Entry, 'body' | 'messageGroup' | 'deduplicationId'> {
  // A raw text stream yields pieces of any length instead of lines.
  const isLine = !text.trim().includes('\n');
  const problem = isLine
    ? 'not a valid event'
    : 'not a valid event, and several lines of text instead of one';
  const event = orRefuse('INVALID_LINE', line, problem, () => identified(parse(text)));
  return {
    body: canonicalJson(event),
    messageGroup: messageGroup(event.partitionkey),
    deduplicationId: orRefuse(
      'NO_DEDUPLICATION_KEY',
      line,
      'the key function returned no deduplication key',
      () => deduplicationId(event, deduplication),
    ),
  };
}

function orRefuse<Result>(
  code: 'INVALID_LINE' | 'NO_DEDUPLICATION_KEY',
  line: number,
  problem: string,
  attempt: () => Result,
): Result {
  try {
    return attempt();
  } catch (cause) {
    throw new PublishError(code, line, `${problem}: ${(cause as Error).message}`, { cause });
  }
}

function isBlank(line: string): boolean {
  return line.trim() === '';
}

function nameOf(deduplication: Deduplication<never> = 'content'): JournalOwner['deduplication'] {
  return typeof deduplication === 'function' ? 'function' : deduplication;
}
