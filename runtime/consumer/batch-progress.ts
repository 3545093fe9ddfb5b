import type { CloudEvent } from '../../contract/event/event-parser.ts';
import type { Finish } from '../message/delivery-context.ts';
import type { Disposition } from '../message/disposition.ts';
import { postponedUntil, presentMoment, retrySoon } from '../message/retry-schedule.ts';
import type { Message } from '../message/sqs-message.ts';
import { hideUntil } from '../message/visibility.ts';
import type { ConsumerDependencies } from '../ports/dependencies.ts';
import type { DeliveryReport } from './delivery-report.ts';
import { groupsOf } from './group-scheduler.ts';

type Received = Message<CloudEvent>;

/** The progress of a batch: which messages are settled, and until when the others are hidden. */
export class BatchProgress {
  readonly #messages: readonly Received[];
  readonly #dependencies: ConsumerDependencies;
  readonly #report: DeliveryReport;
  readonly #begun = new Set<Received>();
  readonly #settled = new Set<Received>();
  readonly #acknowledged = new Set<Received>();
  /** Groups of which this invocation handles no further messages. */
  readonly #stopped = new Set<string>();

  constructor(messages: readonly Received[], dependencies: ConsumerDependencies, report: DeliveryReport) {
    this.#messages = messages;
    this.#dependencies = dependencies;
    this.#report = report;
  }

  /** Notes that a delivery works on these messages. @param messages Consecutive messages of one group, in order. */
  begin(messages: readonly Received[]): void {
    for (const message of messages) this.#begun.add(message);
  }

  /**
   * Reports the disposition of a message. Then it either notes that the message is settled, or hides the message and
   * the rest of its group until the retry.
   */
  readonly finish: Finish = async (message, disposition) => {
    this.#report.delivery(message, disposition.log);
    if (disposition.kind === 'retry') {
      this.#stopped.add(message.group);
      await this.#hide(disposition.at, this.#left(message.group));
      return false;
    }
    this.#settled.add(message);
    return true;
  };

  /**
   * Hides messages for which the invocation has no time left.
   *
   * @param messages The remaining messages of one group, in order.
   * @param advanced Whether an earlier message of the group was settled in this invocation.
   */
  async postpone(messages: readonly Received[], advanced: boolean): Promise<void> {
    const [head] = messages;
    if (head === undefined) return;
    this.#stopped.add(head.group);
    if (advanced) await this.#hideFollowers(messages);
    else await this.#hidePostponed([head, ...messages.slice(1)]);
  }

  /**
   * Deletes settled messages from the queue, and hides the unfinished groups. Both are best effort: a settled message
   * that is delivered again is a duplicate, and a message that is not hidden returns after the visibility timeout.
   *
   * @param settle Settles a running message, and passes its disposition to `finish`. Never rejects.
   * @returns The messages that are still running afterwards. Their dispositions are reported.
   */
  async cutShort(settle: (message: Received, finish: Finish) => Promise<unknown>): Promise<Received[]> {
    const isUnderWay = (message: Received) =>
      this.#begun.has(message) && !this.#settled.has(message) && !this.#stopped.has(message.group);
    const ended: [Received, Disposition][] = [];
    const release = async ([head, ...followers]: Received[]): Promise<void> => {
      if (head === undefined) return;
      if (!isUnderWay(head)) return await this.#hidePostponed([head, ...followers]);
      await settle(head, async (_, disposition) => {
        ended.push([head, disposition]);
        if (disposition.kind === 'retry') {
          await this.#hide(disposition.at, [head, ...followers]);
          return false;
        }
        await this.#acknowledge([head]);
        await this.#hideFollowers(followers);
        return true;
      });
    };
    const open = groupsOf(this.#messages.filter(({ group }) => !this.#stopped.has(group)));
    await Promise.all([
      this.acknowledge(),
      ...open.map((group) => release(group.filter((message) => !this.#settled.has(message)))),
    ]);
    const underWay = ended.filter(([message]) => isUnderWay(message));
    for (const [message, { log }] of underWay) this.#report.delivery(message, log);
    return underWay.map(([message]) => message);
  }

  /** Deletes settled messages from the queue, in case this process never returns. Never rejects. */
  async acknowledge(): Promise<void> {
    await this.#acknowledge([...this.#settled].filter((message) => !this.#acknowledged.has(message)));
  }

  /**
   * Hides the followers of a settled message. They were received together with it, so their receive counts say nothing
   * about themselves.
   */
  async #hideFollowers([first, ...others]: readonly Received[]): Promise<void> {
    if (first === undefined) return;
    const counted = { sentAt: first.sentAt, receiveCount: 1 };
    await this.#hide(retrySoon(counted, presentMoment(this.#dependencies), this.#dependencies), [
      first,
      ...others,
    ]);
  }

  async #hidePostponed([head, ...followers]: readonly [Received, ...Received[]]): Promise<void> {
    await this.#hide(postponedUntil(head, presentMoment(this.#dependencies), this.#dependencies), [
      head,
      ...followers,
    ]);
  }

  async #hide(until: number, messages: readonly Received[]): Promise<void> {
    await hideUntil(until, messages, this.#dependencies, this.#report.warn);
  }

  async #acknowledge(messages: readonly Received[]): Promise<void> {
    if (messages.length === 0) return;
    try {
      await this.#dependencies.acknowledgements.acknowledge(
        messages.map(({ receiptHandle }) => receiptHandle),
      );
      for (const message of messages) this.#acknowledged.add(message);
    } catch (error) {
      this.#report.warn(
        'The queue did not delete settled messages. They will be delivered again, as duplicates',
        error,
      );
    }
  }

  #left(of: string): Received[] {
    return this.#messages.filter((message) => message.group === of && !this.#settled.has(message));
  }
}
