import type { SQSRecord } from 'aws-lambda';
import type { World } from '../world/world.ts';
import { DeduplicationWindow, type Letter } from './message.ts';

interface Stored extends Letter {
  readonly id: string;
  /** Milliseconds since the epoch: when the queue received the message. */
  readonly sentAt: number;
  receives: number;
  firstReceived: number | undefined;
  /** Milliseconds since the epoch: end of the visibility timeout. */
  visibleAt: number;
  /** Receipt handle of the last receive. */
  receipt: string;
}

export interface QueueOptions {
  readonly visibilityTimeoutSeconds: number;
  readonly deadLetters?: FifoQueue | undefined;
  readonly maxReceiveCount?: number;
  readonly retentionSeconds?: number;
}

/** The default retention, as the project deploys it, in seconds. */
const fourDays = 4 * 86_400;

/**
 * An SQS FIFO queue: groups in order, nothing of a group while one of its messages is in flight, deduplication for five
 * minutes, receive counts, and a dead-letter queue for what is received too often.
 */
export class FifoQueue {
  readonly name: string;
  /** Seconds; a deployment may change it. */
  visibilityTimeoutSeconds: number;
  readonly maxReceiveCount: number;
  readonly retentionSeconds: number;
  /** Called with a time, in ms since the epoch, at which a message may become visible. */
  onVisible: (time: number) => void = () => {};
  /** Called for every message that enters the queue. */
  onArrival: (letter: Letter, messageId: string) => void = () => {};
  /** Called for every message that is deleted at its retention. */
  onDeletion: (message: Letter & { readonly id: string }) => void = () => {};
  readonly #world: World;
  readonly #deadLetters: FifoQueue | undefined;
  readonly #window = new DeduplicationWindow();
  readonly #groups = new Map<string, Stored[]>();
  #made = 0;
  #size = 0;

  constructor(
    world: World,
    name: string,
    {
      visibilityTimeoutSeconds,
      deadLetters,
      maxReceiveCount = 1000,
      retentionSeconds = fourDays,
    }: QueueOptions,
  ) {
    this.#world = world;
    this.name = name;
    this.visibilityTimeoutSeconds = visibilityTimeoutSeconds;
    this.#deadLetters = deadLetters;
    this.maxReceiveCount = maxReceiveCount;
    this.retentionSeconds = retentionSeconds;
  }

  get size(): number {
    return this.#size;
  }

  /** All messages, by group. */
  get messages(): readonly (Letter & { readonly id: string; readonly sentAt: number })[] {
    return [...this.#groups.values()].flat();
  }

  /** @returns `false` if the queue dropped the message as a duplicate. */
  send(letter: Letter): boolean {
    const { now } = this.#world;
    if (this.#window.swallows(letter.deduplicationId, now)) return false;
    this.#made += 1;
    const id = `${this.name}-${this.#made}`;
    const message = {
      ...letter,
      id,
      sentAt: now,
      receives: 0,
      firstReceived: undefined,
      visibleAt: 0,
      receipt: '',
    };
    const group = this.#groups.get(letter.group);
    if (group === undefined) this.#groups.set(letter.group, [message]);
    else group.push(message);
    this.#size += 1;
    this.onArrival(letter, id);
    this.onVisible(now);
    return true;
  }

  /**
   * Receives the first messages of groups without a message in flight.
   * @param most Maximum number of messages.
   */
  receive(most: number): SQSRecord[] {
    const { now, chance } = this.#world;
    const records: SQSRecord[] = [];
    for (const group of chance.shuffled([...this.#groups.values()])) {
      if (records.length === most) break;
      if (group.some(({ visibleAt }) => visibleAt > now)) continue;
      for (const message of [...group]) {
        if (now >= message.sentAt + this.retentionSeconds * 1000) {
          this.#drop(message);
          this.onDeletion(message);
          continue;
        }
        if (records.length === most) break;
        message.receives += 1;
        if (message.receives > this.maxReceiveCount && this.#deadLetters !== undefined) {
          this.#giveUp(message, this.#deadLetters);
          continue;
        }
        message.visibleAt = now + this.visibilityTimeoutSeconds * 1000;
        message.firstReceived ??= now;
        message.receipt = `${message.id}/${message.receives}`;
        records.push(recordOf(message));
      }
    }
    if (records.length > 0) this.onVisible(now + this.visibilityTimeoutSeconds * 1000);
    return records;
  }

  /** @throws Error for a receipt handle that is not the last one or has expired: SQS refuses both. */
  hide(receipts: readonly string[], seconds: number): void {
    const time = this.#world.now + seconds * 1000;
    for (const receipt of receipts) this.#held(receipt).visibleAt = time;
    this.onVisible(time);
  }

  /** Deletes received messages. An expired receipt handle deletes nothing. */
  remove(receipts: readonly string[]): void {
    for (const receipt of receipts) {
      try {
        this.#drop(this.#held(receipt));
      } catch {
        // A FIFO queue refuses such an entry.
      }
    }
    this.onVisible(this.#world.now);
  }

  /** Deletes a message for an operator, even if it is in flight. */
  take(id: string): void {
    const message = [...this.#groups.values()].flat().find((one) => one.id === id);
    if (message !== undefined) this.#drop(message);
  }

  #held(receipt: string): Stored {
    const id = receipt.slice(0, receipt.lastIndexOf('/'));
    for (const group of this.#groups.values()) {
      for (const message of group) {
        if (message.id !== id) continue;
        if (message.receipt === receipt && message.visibleAt > this.#world.now) return message;
      }
    }
    throw new Error(`ReceiptHandleIsInvalid: ${receipt}`);
  }

  #giveUp(message: Stored, deadLetters: FifoQueue): void {
    this.#drop(message);
    // A violation, because the runtime must give up before SQS does: no outage here is longer than the tolerated one.
    this.#world.violated(`${this.name} gave up ${message.id} after ${message.receives - 1} receives`);
    // A move replaces the deduplication id and resets the enqueue time (SQS Developer Guide, "Dead-letter queues").
    deadLetters.send({ ...message, deduplicationId: `moved-${message.id}` });
  }

  #drop(message: Stored): void {
    const group = this.#groups.get(message.group) ?? [];
    group.splice(group.indexOf(message), 1);
    if (group.length === 0) this.#groups.delete(message.group);
    this.#size -= 1;
  }
}

function recordOf(message: Stored): SQSRecord {
  return {
    messageId: message.id,
    receiptHandle: message.receipt,
    body: message.body,
    attributes: {
      ApproximateReceiveCount: String(message.receives),
      SentTimestamp: String(Math.floor(message.sentAt)),
      SenderId: 'sender',
      ApproximateFirstReceiveTimestamp: String(Math.floor(message.firstReceived ?? 0)),
      MessageGroupId: message.group,
    },
    messageAttributes: message.attributes,
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:eu-west-1:123456789012:queue.fifo',
    awsRegion: 'eu-west-1',
  };
}
