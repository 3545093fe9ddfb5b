import { postponedUntil, retrySoon, type Waiting } from '../message/retry-schedule.ts';
import { hideUntil } from '../message/visibility.ts';
import type { ConsumerDependencies } from '../ports/dependencies.ts';
import type { Warn } from '../ports/output.ts';
import { groupsOf } from './group-scheduler.ts';

interface Received extends Waiting {
  readonly id: string;
  readonly group: string;
  readonly receiptHandle: string;
}

/** How far a batch has come: what is settled, and until when its queue hides what is not. */
export class BatchProgress<M extends Received> {
  readonly #messages: readonly M[];
  readonly #dependencies: ConsumerDependencies;
  readonly #warn: Warn;
  readonly #begun = new Set<M>();
  readonly #settled = new Set<M>();
  readonly #acknowledged = new Set<M>();
  /** Groups that do no more in this invocation. */
  readonly #stopped = new Set<string>();

  constructor(messages: readonly M[], dependencies: ConsumerDependencies, warn: Warn) {
    this.#messages = messages;
    this.#dependencies = dependencies;
    this.#warn = warn;
  }

  begin(message: M): void {
    this.#begun.add(message);
  }

  /** @param again When a message is given again that was not settled, in ms since the epoch. */
  async finish(message: M, again: number | undefined): Promise<void> {
    if (again === undefined) {
      this.#settled.add(message);
      return;
    }
    this.#stopped.add(message.group);
    await this.#hide(again, this.#left(message.group));
  }

  /** Hides what there was no time for. */
  async postpone(messages: readonly M[], advanced: boolean): Promise<void> {
    const [head] = messages;
    if (head === undefined) return;
    this.#stopped.add(head.group);
    if (advanced) await this.#hideFollowers(messages);
    else await this.#hide(postponedUntil(head, this.#dependencies), messages);
  }

  /**
   * Takes what is settled from the queue, and hides the groups that are not done. Neither has to succeed: a message
   * that comes again is a duplicate, and one that is not hidden comes after the queue's visibility timeout.
   *
   * @param end Ends the delivery of a message that is under way; without `retryAt` it is settled. Never rejects.
   * @returns What is still under way after that, and how it was ended.
   */
  async cutShort<Ending extends { readonly retryAt?: number }>(
    end: (message: M) => Promise<Ending>,
  ): Promise<[message: M, ending: Ending][]> {
    const isUnderWay = (message: M) =>
      this.#begun.has(message) && !this.#settled.has(message) && !this.#stopped.has(message.group);
    const ended: [M, Ending][] = [];
    const leave = async ([head, ...followers]: M[]): Promise<void> => {
      if (head === undefined) return;
      if (!isUnderWay(head))
        return await this.#hide(postponedUntil(head, this.#dependencies), [head, ...followers]);
      const ending = await end(head);
      ended.push([head, ending]);
      if (ending.retryAt !== undefined) return await this.#hide(ending.retryAt, [head, ...followers]);
      await this.#acknowledge([head]);
      await this.#hideFollowers(followers);
    };
    const open = groupsOf(this.#messages.filter(({ group }) => !this.#stopped.has(group)));
    await Promise.all([
      this.acknowledge(),
      ...open.map((group) => leave(group.filter((message) => !this.#settled.has(message)))),
    ]);
    return ended.filter(([message]) => isUnderWay(message));
  }

  /** Takes what is settled from the queue, for the case that this process answers no more. Never rejects. */
  async acknowledge(): Promise<void> {
    await this.#acknowledge([...this.#settled].filter((message) => !this.#acknowledged.has(message)));
  }

  /** Of a settled message: they were received for its sake, so what they count says nothing of them. */
  async #hideFollowers([first, ...others]: readonly M[]): Promise<void> {
    if (first === undefined) return;
    await this.#hide(retrySoon({ sentAt: first.sentAt, receiveCount: 1 }, this.#dependencies), [
      first,
      ...others,
    ]);
  }

  async #hide(until: number, messages: readonly M[]): Promise<void> {
    await hideUntil(until, messages, this.#dependencies, this.#warn);
  }

  async #acknowledge(messages: readonly M[]): Promise<void> {
    if (messages.length === 0) return;
    try {
      await this.#dependencies.acknowledgements.acknowledge(
        messages.map(({ receiptHandle }) => receiptHandle),
      );
      for (const message of messages) this.#acknowledged.add(message);
    } catch (error) {
      this.#warn('The queue did not delete messages that are settled: they come again, as duplicates', error);
    }
  }

  #left(of: string): M[] {
    return this.#messages.filter((message) => message.group === of && !this.#settled.has(message));
  }
}
