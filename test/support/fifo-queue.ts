import type { SQSEvent, SQSMessageAttributes, SQSRecord } from 'aws-lambda';
import { sqsRecord } from './sqs.ts';
import type { FakeClock } from './wiring.ts';

interface Waiting {
  readonly id: string;
  readonly group: string;
  readonly body: unknown;
  readonly attributes: SQSMessageAttributes;
  readonly sentAt: number;
  receives: number;
  firstReceived?: number;
  /** Milliseconds since the epoch: hidden until then. */
  visibleAt: number;
}

/**
 * A FIFO queue as its consumers see it: it gives the first messages of a group, and nothing of a group of which a
 * message is hidden. What was received too often goes to `deadLetters`; what is older than its retention is gone.
 */
export class FifoQueue {
  readonly deadLetters: string[] = [];
  /** What was deleted for its age. */
  readonly expired: string[] = [];
  /** Message ids in the order in which they were received, with the time. */
  readonly received: { readonly id: string; readonly at: number; readonly receives: number }[] = [];
  readonly #clock: FakeClock;
  readonly #visibilityTimeout: number;
  readonly #maxReceiveCount: number;
  readonly #retention: number;
  #messages: Waiting[] = [];

  constructor(
    clock: FakeClock,
    { visibilityTimeout = 300, maxReceiveCount = 1000, retention = 4 * 86_400 } = {},
  ) {
    this.#clock = clock;
    this.#retention = retention * 1000;
    this.#visibilityTimeout = visibilityTimeout * 1000;
    this.#maxReceiveCount = maxReceiveCount;
  }

  get size(): number {
    return this.#messages.length;
  }

  send(id: string, group: string, body: unknown, attributes: SQSMessageAttributes = {}): void {
    const now = this.#clock.now();
    this.#messages.push({ id, group, body, attributes, sentAt: now, receives: 0, visibleAt: now });
  }

  receive(most = 10): SQSEvent {
    const now = this.#clock.now();
    this.#expire(now);
    const blocked = new Set(
      this.#messages.filter(({ visibleAt }) => visibleAt > now).map(({ group }) => group),
    );
    const Records: SQSRecord[] = [];
    for (const message of [...this.#messages]) {
      if (Records.length === most) break;
      if (blocked.has(message.group)) continue;
      message.receives += 1;
      if (message.receives > this.#maxReceiveCount) {
        this.remove([`receipt-of-${message.id}`]);
        this.deadLetters.push(message.id);
        continue;
      }
      message.visibleAt = now + this.#visibilityTimeout;
      this.received.push({ id: message.id, at: now, receives: message.receives });
      message.firstReceived ??= now;
      const { id: messageId, body, receives: receiveCount, ...options } = message;
      Records.push(sqsRecord(body, { messageId, receiveCount, ...options }));
    }
    return { Records };
  }

  hide(handles: readonly string[], seconds: number): void {
    for (const message of this.#of(handles)) message.visibleAt = this.#clock.now() + seconds * 1000;
  }

  remove(handles: readonly string[]): void {
    const gone = new Set(this.#of(handles));
    this.#messages = this.#messages.filter((message) => !gone.has(message));
  }

  /** Lets the time pass until the queue gives something again. */
  passHidden(): void {
    const ends = new Map<string, number>();
    for (const { group, visibleAt } of this.#messages) {
      ends.set(group, Math.max(ends.get(group) ?? 0, visibleAt));
    }
    this.#clock.time = Math.max(this.#clock.time, Math.min(...ends.values()));
  }

  #expire(now: number): void {
    const kept = this.#messages.filter(({ sentAt }) => now - sentAt < this.#retention);
    this.expired.push(...this.#messages.filter((message) => !kept.includes(message)).map(({ id }) => id));
    this.#messages = kept;
  }

  #of(handles: readonly string[]): Waiting[] {
    return this.#messages.filter(({ id }) => handles.includes(`receipt-of-${id}`));
  }
}
