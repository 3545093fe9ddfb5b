import { createHash, type Hash } from 'node:crypto';
import type { Clock } from '../../contract/clock.ts';
import type { Random } from '../../contract/random.ts';
import { journalTaken } from '../errors.ts';
import type { JournalStorage } from './journal-file.ts';
import { type JournalOwner, type JournalState, mismatch, stateOf } from './journal-state.ts';

/** Milliseconds between two writes: what a killed run sends again is little more than was accepted in between. */
const writeInterval = 250;

/**
 * Lines that are reserved at a time. The next reservation waits for the slowest message group of the one before, so it
 * must be rare; and a `first-published` is as old as its reservation, so it must not be too large.
 */
const reservation = 10_000;

interface Checkpoint {
  readonly lines: number;
  readonly digest: string;
}

/**
 * A checkpoint of a run, from which the next goes on after this one was killed at any time.
 *
 * The next run skips the lines that are known to be accepted, and sends the later ones. Events among those that had
 * been accepted too go out a second time, with the same deduplication id and the same `first-published`: the broker
 * removes them, or, after its window, the consumers' records do. That needs a `first-published` that is never later
 * than the true one (a record could have expired before its event is sent again), and not much earlier either (an
 * event that never was sent would count as too old). So lines are reserved, with one, on disk before they are sent:
 *
 *   lines          reserved
 *   |--------------|-----------------|----------->
 *    accepted       may have been     never sent:
 *    (digest)       sent, first at    get the time of
 *                   firstPublished    their reservation
 *
 * One run at a time. Two at once only send each event twice, in order. As soon as one of them finds the other in the
 * journal, it stops: usually the one that started first, and never both.
 */
export class Journal {
  readonly #storage: JournalStorage;
  readonly #owner: JournalOwner;
  readonly #clock: Clock;
  readonly #run: string;
  /** The run that the journal should hold. */
  #lastRun: string | undefined;
  #reserved = 0;
  #firstPublished = 0;
  /** Over the lines read. */
  readonly #hash: Hash = createHash('sha256');
  #read = 0;
  /** Lines whose events are not accepted, in order, each with the checkpoint before it. */
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
   * Reads the journal, and the lines that it says are done, off the input.
   *
   * @param nextLine The input's next line, `undefined` at its end.
   * @throws JournalError JOURNAL_UNREADABLE, JOURNAL_UNWRITABLE, or JOURNAL_MISMATCH where it belongs to another
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

  /** Lines read so far, those included that an earlier run was done with. */
  get lines(): number {
    return this.#read;
  }

  /** The next line holds no event. */
  pass(line: string): void {
    this.#hash.update(line).update('\n');
    this.#read += 1;
  }

  /**
   * The next line holds an event, which may be sent once this resolves.
   *
   * @returns The event's `first-published`.
   */
  async take(line: string): Promise<number> {
    if (this.#read >= this.#reserved) await this.#reserve();
    this.#open.set(this.#read + 1, this.#position());
    this.pass(line);
    return this.#firstPublished;
  }

  /** The topic accepted the event of this line. Resolves once that is written, where it is time to. */
  async accepted(line: number): Promise<void> {
    this.#open.delete(line);
    if (this.#open.size === 0) this.#allAccepted();
    if (this.#clock.now() - this.#written >= writeInterval) await this.#write();
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
          `it is done with ${state.lines} lines, and this input has ${this.#read}`,
        );
      }
      this.pass(line);
    }
    if (this.#position().digest !== state.digest) {
      throw mismatch(
        this.#storage,
        `the first ${state.lines} lines of this input are not those that it is done with`,
      );
    }
  }

  /** One write at a time, each with what is true when it begins. */
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
