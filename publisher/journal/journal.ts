import { createHash, type Hash } from 'node:crypto';
import type { Clock } from '../../contract/clock.ts';
import type { Random } from '../../contract/random.ts';
import { journalTaken } from '../errors.ts';
import type { JournalStorage } from './journal-file.ts';
import { type JournalOwner, type JournalState, mismatch, stateOf } from './journal-state.ts';

/** Interval between journal writes (ms). A killed run resends little more than was accepted since the last write. */
const writeIntervalMs = 250;

/**
 * Lines that are reserved at once. A reservation waits for the slowest message group of the last one, so reservations must
 * be rare. A `first-published` is as old as its reservation, so a reservation must not be too large.
 */
const reservation = 10_000;

interface Checkpoint {
  readonly lines: number;
  readonly digest: string;
}

/**
 * A checkpoint of a run. The next run continues from it, even if this run was killed.
 *
 * The next run skips the lines that are known to be accepted, and sends the later ones. Some of those may have been
 * accepted too. They are sent again with the same deduplication id and the same `first-published`: the broker removes
 * them, or, after its window, the consumers' records do.
 *
 * A `first-published` must not be later than the true one, because the record could expire before its event is sent
 * again. It must not be much earlier either, because an event that was never sent would count as too old. So lines are
 * reserved on disk, with one `first-published`, before they are sent:
 *
 *   lines          reserved
 *   |--------------|-----------------|----------->
 *    accepted       may have been     never sent:
 *    (digest)       sent, first at    get the time of
 *                   firstPublished    their reservation
 *
 * Use one run at a time. Two runs only send each event twice, in order. When one of them finds the other in the journal, it
 * stops: usually the earlier one, and never both.
 */
export class Journal {
  readonly #storage: JournalStorage;
  readonly #owner: JournalOwner;
  readonly #clock: Clock;
  readonly #run: string;
  /** The run that the journal should name. */
  #lastRun: string | undefined;
  #reserved = 0;
  #firstPublished = 0;
  /** Hash of the lines read. */
  readonly #hash: Hash = createHash('sha256');
  #read = 0;
  /** Lines whose events are not accepted yet, in order, each with the checkpoint before it. */
  readonly #open = new Map<number, Checkpoint>();
  #allAccepted = () => {};
  #written = 0;
  #writing: Promise<void> = Promise.resolve();

  private constructor(storage: JournalStorage, owner: JournalOwner, clock: Clock, random: Random) {
    this.#storage = storage;
    this.#owner = owner;
    this.#clock = clock;
    this.#run = random.uuid();
  }

  /**
   * Reads the journal, and skips the accepted lines of the input.
   *
   * @param nextLine Returns the input's next line, `undefined` at its end.
   * @throws JournalError JOURNAL_UNREADABLE, JOURNAL_UNWRITABLE, or JOURNAL_MISMATCH if the journal belongs to another
   *   topic, deduplication or input.
   */
  static async resume(
    storage: JournalStorage,
    owner: JournalOwner,
    nextLine: () => Promise<string | undefined>,
    clock: Clock,
    random: Random,
  ): Promise<Journal> {
    const journal = new Journal(storage, owner, clock, random);
    const state = stateOf(storage, await storage.read());
    if (state !== undefined) {
      for (const name of ['topicArn', 'deduplication'] as const) {
        if (state[name] !== owner[name]) {
          throw mismatch(
            storage,
            `it was written for ${name} "${state[name]}", and this run has "${owner[name]}"`,
          );
        }
      }
      await journal.#skip(state, nextLine);
      journal.#lastRun = state.run;
      journal.#reserved = state.reserved;
      journal.#firstPublished = state.firstPublished;
    }
    await journal.#write();
    return journal;
  }

  /** Number of lines read so far, including those that an earlier run published. */
  get lines(): number {
    return this.#read;
  }

  /** Counts a line without an event. */
  pass(line: string): void {
    this.#hash.update(line).update('\n');
    this.#read += 1;
  }

  /**
   * Reserves the next line, which holds an event. The event can be sent after this resolves.
   *
   * @returns The event's `first-published`.
   */
  async take(line: string): Promise<number> {
    if (this.#read >= this.#reserved) await this.#reserve();
    this.#open.set(this.#read + 1, this.#position());
    this.pass(line);
    return this.#firstPublished;
  }

  /** The topic accepted the event of this line. If a write is due, resolves after it. */
  async accepted(line: number): Promise<void> {
    this.#open.delete(line);
    if (this.#open.size === 0) this.#allAccepted();
    if (this.#clock.now() - this.#written >= writeIntervalMs) await this.#write();
  }

  /** The last write. */
  async close(): Promise<void> {
    if (this.#open.size === 0) this.#reserved = this.#read;
    await this.#write();
  }

  async #reserve(): Promise<void> {
    while (this.#open.size > 0) {
      await new Promise<void>((resolve) => {
        this.#allAccepted = resolve;
      });
    }
    this.#firstPublished = this.#clock.now();
    this.#reserved = this.#read + reservation;
    await this.#write();
  }

  #position(): Checkpoint {
    return { lines: this.#read, digest: this.#hash.copy().digest('hex') };
  }

  async #skip(state: JournalState, nextLine: () => Promise<string | undefined>): Promise<void> {
    while (this.#read < state.lines) {
      const line = await nextLine();
      if (line === undefined) {
        throw mismatch(
          this.#storage,
          `it has ${state.lines} published lines, and this input has ${this.#read} lines`,
        );
      }
      this.pass(line);
    }
    if (this.#position().digest !== state.digest) {
      throw mismatch(
        this.#storage,
        `the first ${state.lines} lines of this input differ from its published lines`,
      );
    }
  }

  /** One write at a time, each with the state at its start. */
  #write(): Promise<void> {
    this.#written = this.#clock.now();
    this.#writing = this.#writing.then(async () => {
      const [checkpoint = this.#position()] = this.#open.values();
      const state: JournalState = {
        version: 1,
        run: this.#run,
        ...this.#owner,
        ...checkpoint,
        reserved: this.#reserved,
        firstPublished: this.#firstPublished,
      };
      await this.#storage.write(`${JSON.stringify(state, undefined, 2)}\n`, (found) => {
        if (stateOf(this.#storage, found)?.run !== this.#lastRun) throw journalTaken(this.#storage.name);
      });
      this.#lastRun = this.#run;
    });
    return this.#writing;
  }
}
