import type { Clock } from '../../contract/clock.ts';
import { type ConsumerHistory, historyKey } from '../../contract/record/history.ts';
import type { Warn } from '../ports/output.ts';
import type { RecordStore } from '../ports/record-store.ts';
import { Patience } from '../values/shared-timeout.ts';

/** Longest wait for the write at the end of an invocation, in ms. A healthy request takes tens of milliseconds. */
const longestWaitMs = 1000;

/**
 * Writes a consumer's history once per process, beside its first delivery, so that no delivery waits for it. If the write
 * fails, no delivery fails, and the next invocation tries again.
 *
 *   nothing --- begin ---> pending --- the store answers ---> written
 *      ^----- an error ------+
 */
export class HistoryRecorder {
  readonly #store: Pick<RecordStore, 'recordHistory'>;
  readonly #history: Omit<ConsumerHistory, 'beganAt'>;
  readonly #clock: Clock;
  #isWritten = false;
  #pending: Promise<true> | undefined;

  /** @param store The store of the consumer's records. */
  constructor(
    store: Pick<RecordStore, 'recordHistory'>,
    history: Omit<ConsumerHistory, 'beganAt'>,
    clock: Clock,
  ) {
    this.#store = store;
    this.#history = history;
    this.#clock = clock;
  }

  /** Starts the write, if it is still to be made. Never throws. @param warn Logs a failure. */
  begin(warn: Warn): void {
    if (this.#isWritten || this.#pending !== undefined || this.#store.recordHistory === undefined) return;
    this.#pending = this.#write(warn).then(() => {
      this.#pending = undefined;
      return true;
    });
  }

  /**
   * Waits for a pending write, because Lambda freezes a process whose invocation has returned. A write that takes longer
   * is left pending: it changes nothing if it is repeated.
   *
   * @param deadlineAt Milliseconds since the epoch.
   */
  async idle(deadlineAt: number): Promise<void> {
    const leftMs = Math.min(longestWaitMs, deadlineAt - this.#clock.now());
    if (this.#pending === undefined || leftMs <= 0) return;
    const left = new Patience(leftMs, this.#clock);
    await left.waitFor(this.#pending);
    left.end();
  }

  async #write(warn: Warn): Promise<void> {
    const { consumer, from } = this.#history;
    try {
      const known = await this.#store.recordHistory?.({ ...this.#history, beganAt: this.#clock.now() });
      this.#isWritten = true;
      if (known === undefined || known.from === from) return;
      warn(
        `The item ${historyKey(consumer)} of the record table says that the history of the consumer ${told(known.from)}, and ` +
          `"history" of IdempotentConsumer says that it ${told(from)}. The function uses the latter, and tools use the ` +
          'item. Correct the wrong one; if it is the item, delete it, and the function writes it again',
      );
    } catch (error) {
      warn(
        `The history of the consumer ${consumer} is not written yet: the next invocation tries again`,
        error,
      );
    }
  }
}

function told(from: number | undefined): string {
  return from === undefined ? 'is new' : `begins at ${new Date(from).toISOString()}`;
}
