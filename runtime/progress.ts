import { backoff } from '../contract/retrying.ts';
import { groupsOf } from './batch.ts';
import { hideUntil } from './visibility.ts';
import type { Wiring } from './wiring.ts';

interface Received {
  readonly id: string;
  readonly group: string;
  readonly receiptHandle: string;
  readonly receiveCount: number;
}

/** How far a batch has come: what is settled, and until when its queue hides what is not. */
export class Progress<M extends Received> {
  readonly #messages: readonly M[];
  readonly #wiring: Wiring;
  readonly #begun = new Set<M>();
  readonly #settled = new Set<M>();
  readonly #acknowledged = new Set<M>();
  /** Groups that do no more in this invocation. */
  readonly #stopped = new Set<string>();

  constructor(messages: readonly M[], wiring: Wiring) {
    this.#messages = messages;
    this.#wiring = wiring;
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
    await hideUntil(again, this.#left(message.group), this.#wiring);
  }

  /**
   * Hides what there was no time for. Followers of a settled message were received for its sake: what they count says
   * nothing of them.
   */
  async postpone([head, ...followers]: readonly M[], advanced: boolean): Promise<void> {
    if (head === undefined) return;
    this.#stopped.add(head.group);
    await hideUntil(this.#retryAt(advanced ? 1 : head.receiveCount), [head, ...followers], this.#wiring);
  }

  /**
   * Takes what is settled from the queue, and hides the groups that are not done. Neither has to succeed: a message
   * that comes again is a duplicate, and one that is not hidden comes after the queue's visibility timeout.
   *
   * @returns What is still under way after that, and when it is given again, in ms since the epoch.
   */
  async cutShort(): Promise<[message: M, retryAt: number][]> {
    const open = groupsOf(this.#messages.filter(({ group }) => !this.#stopped.has(group))).flatMap(
      (group) => {
        const [head, ...followers] = group.filter((message) => !this.#settled.has(message));
        if (head === undefined) return [];
        return [{ head, rest: [head, ...followers], retryAt: this.#retryAt(head.receiveCount) }];
      },
    );
    await Promise.all([
      this.acknowledge(),
      ...open.map(({ rest, retryAt }) => hideUntil(retryAt, rest, this.#wiring)),
    ]);
    return open
      .filter(
        ({ head }) => this.#begun.has(head) && !this.#settled.has(head) && !this.#stopped.has(head.group),
      )
      .map(({ head, retryAt }) => [head, retryAt]);
  }

  /** Takes what is settled from the queue, for the case that this process answers no more. Never rejects. */
  async acknowledge(): Promise<void> {
    const settled = [...this.#settled].filter((message) => !this.#acknowledged.has(message));
    if (settled.length === 0) return;
    try {
      await this.#wiring.acknowledgements.acknowledge(settled.map(({ receiptHandle }) => receiptHandle));
      for (const message of settled) this.#acknowledged.add(message);
    } catch {
      // What comes again is a duplicate.
    }
  }

  #left(of: string): M[] {
    return this.#messages.filter((message) => message.group === of && !this.#settled.has(message));
  }

  #retryAt(receiveCount: number): number {
    const { clock, random } = this.#wiring;
    return clock.now() + backoff(receiveCount, random.next()) * 1000;
  }
}
