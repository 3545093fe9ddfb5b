import { type Clock, systemClock } from '../../contract/clock.ts';
import { defaultMaxEventSize } from '../../contract/event/event-size.ts';
import { type Random, systemRandom } from '../../contract/random.ts';
import { PublishError, TopicError } from '../errors.ts';
import { type Entry, sizeOf } from '../topic/entry.ts';
import { backoff, maxAttempts, maxConcurrentRequests } from '../topic/limits.ts';
import type { EntryResult, Topic } from '../topic/topic.ts';
import { Backlog, type Pending } from './backlog.ts';

export interface SendOptions<E extends Entry> {
  /**
   * Called for each entry that the topic accepted, in order within a group. Sending stops if it throws or rejects. A request
   * ends only after the promises of its entries.
   */
  onAccepted?: ((entry: E) => void | Promise<void>) | undefined;
  /** Stops reading and sending. Rejects with the signal's reason after the pending requests. */
  signal?: AbortSignal | undefined;
  clock?: Clock | undefined;
  random?: Random | undefined;
}

export interface SendSummary {
  /** Entries that the topic accepted. */
  readonly entries: number;
  /** Calls of PublishBatch. */
  readonly requests: number;
  /** How often an entry had to be sent again. */
  readonly retries: number;
}

/**
 * Sends entries to a FIFO topic: message groups in parallel, each in its own order, at most one entry of a group in flight.
 * A failed entry is retried (exponential backoff, full jitter) before the next one of its group, while other groups go on.
 * The number of entries in memory is limited, whatever the source's length.
 *
 * Entries are not checked to be events, so that tests can send invalid ones.
 *
 * @throws PublishError TOO_LARGE, REFUSED, ATTEMPTS_USED_UP.
 * @throws The error of the source or of `onAccepted`. After an error of the source, or a too large entry, the entries before
 *   it are sent first. After any other error, only the pending requests are awaited.
 */
export function sendInOrder<E extends Entry>(
  entries: AsyncIterable<E> | Iterable<E>,
  topic: Topic,
  options: SendOptions<E> = {},
): Promise<SendSummary> {
  return new Sender(topic, options).send(entries);
}

class Sender<E extends Entry> {
  readonly #topic: Topic;
  readonly #options: SendOptions<E>;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #maxBytes: number;
  readonly #backlog: Backlog<E>;
  #inFlight = 0;
  #accepted = 0;
  #requests = 0;
  #retries = 0;
  /** The source has ended or failed. */
  #ended = false;
  /** Nothing more may be sent. */
  #stopped = false;
  /** Cancels the waits before retries, which would keep the process alive. */
  readonly #waits = new AbortController();
  #failure: { error: unknown } | undefined;
  #settle = () => {};
  #resumeReading = () => {};

  constructor(topic: Topic, options: SendOptions<E>) {
    this.#topic = topic;
    this.#maxBytes = topic.maxEventSize ?? defaultMaxEventSize;
    this.#backlog = new Backlog(this.#maxBytes);
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? systemRandom;
  }

  async send(entries: AsyncIterable<E> | Iterable<E>): Promise<SendSummary> {
    const { signal } = this.#options;
    const abort = () => this.#stop(signal?.reason);
    const settled = new Promise<void>((resolve) => {
      this.#settle = resolve;
    });
    signal?.addEventListener('abort', abort);
    if (signal?.aborted) abort();
    // Not awaited: when sending has stopped, the source may still wait for input, for example from a terminal.
    else void this.#read(entries);
    await settled;
    signal?.removeEventListener('abort', abort);
    if (this.#failure !== undefined) throw this.#failure.error;
    return { entries: this.#accepted, requests: this.#requests, retries: this.#retries };
  }

  async #read(entries: AsyncIterable<E> | Iterable<E>): Promise<void> {
    try {
      for await (const entry of entries) {
        if (this.#stopped) return;
        const bytes = sizeOf(entry);
        if (bytes > this.#maxBytes) throw tooLarge(entry, bytes, this.#maxBytes);
        this.#backlog.add(entry, bytes);
        this.#dispatch();
        while (!this.#backlog.hasRoom && !this.#stopped) await this.#room();
      }
    } catch (error) {
      this.#failure ??= { error };
    } finally {
      this.#ended = true;
      this.#dispatch();
    }
  }

  #room(): Promise<void> {
    return new Promise((resolve) => {
      this.#resumeReading = resolve;
    });
  }

  #dispatch(): void {
    while (!this.#stopped && this.#inFlight < maxConcurrentRequests) {
      // A request costs the same with one entry as with ten. So a partial request is sent only if no more entries can
      // join it soon: the source has ended, no more can be read, or no other request is pending.
      const partial = this.#inFlight === 0 || this.#ended || !this.#backlog.hasRoom;
      const batch = this.#backlog.takeBatch(partial);
      if (batch.length === 0) break;
      void this.#request(batch);
    }
    if (this.#inFlight === 0 && (this.#stopped || (this.#ended && this.#backlog.isEmpty))) this.#settle();
  }

  async #request(batch: readonly Pending<E>[]): Promise<void> {
    this.#inFlight += 1;
    this.#requests += 1;
    try {
      const results = await this.#publish(batch);
      const callbacks = batch.map((pending, index) => {
        const result =
          results[index] ?? new TopicError('NO_RESULT', 'SNS returned no result for the entry', false);
        return result === 'accepted' ? this.#accept(pending) : this.#retry(pending, result);
      });
      this.#resumeReading();
      await Promise.all(callbacks);
    } catch (error) {
      this.#stop(error);
    } finally {
      this.#inFlight -= 1;
      this.#dispatch();
    }
  }

  async #publish(batch: readonly Pending<E>[]): Promise<readonly EntryResult[]> {
    try {
      return await this.#topic.publishBatch(batch.map(({ entry }) => entry));
    } catch (error) {
      if (error instanceof TopicError) return batch.map(() => error);
      throw error;
    }
  }

  /** Calls back before the group's next entry is sent, so that callbacks keep the group's order. */
  async #accept(pending: Pending<E>): Promise<void> {
    const callback = this.#options.onAccepted?.(pending.entry);
    this.#accepted += 1;
    this.#backlog.accept(pending);
    await callback;
  }

  #retry(pending: Pending<E>, error: TopicError): void {
    pending.attempts += 1;
    const { attempts } = pending;
    if (error.permanent || attempts === maxAttempts) {
      this.#stop(notAccepted(pending, error));
    }
    if (this.#stopped) return;
    this.#retries += 1;
    const waitMs = this.#random.next() * Math.min(backoff.capMs, backoff.baseMs * 2 ** (attempts - 1));
    void this.#clock.sleep(waitMs, this.#waits.signal).then(() => {
      this.#backlog.retry(pending);
      this.#dispatch();
    });
  }

  #stop(error: unknown): void {
    if (!this.#stopped) this.#failure = { error };
    this.#stopped = true;
    this.#waits.abort();
    this.#resumeReading();
    this.#dispatch();
  }
}

function tooLarge({ line }: Entry, bytes: number, most: number): PublishError {
  return new PublishError(
    'TOO_LARGE',
    line,
    `the entry has ${bytes} bytes with its attributes, and the topic accepts ${most}: make the event smaller, ` +
      'or store its large parts elsewhere and send a reference',
  );
}

function notAccepted<E extends Entry>(
  { entry: { line }, attempts }: Pending<E>,
  error: TopicError,
): PublishError {
  const problem = `${error.code}: ${error.message}`;
  return error.permanent
    ? new PublishError('REFUSED', line, `the topic refused it. ${problem}`, { cause: error })
    : new PublishError(
        'ATTEMPTS_USED_UP',
        line,
        `the topic accepted none of ${attempts} attempts: run again later, with a journal from where it stopped. ` +
          `The last attempt: ${problem}`,
        { cause: error },
      );
}
