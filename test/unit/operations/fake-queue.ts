import type { Message, SQSClient } from '@aws-sdk/client-sqs';

interface Held {
  readonly message: Message;
  /** Milliseconds of the queue's clock: until then it is hidden. */
  hiddenUntil: number;
}

/** A FIFO queue in memory, as far as letters are moved: groups, hiding, deduplication for ever, and a clock of its own. */
export class FakeQueue {
  /** Milliseconds. */
  now = 1_000_000;
  /** Called before each request with its name, so that a test can end a run anywhere. */
  before: (command: string) => void = () => {};
  readonly #held: Held[] = [];
  readonly #known = new Set<string>();
  #made = 0;

  readonly clock = {
    now: () => this.now,
    sleep: async (ms: number) => {
      this.now += ms;
    },
  };

  /** Adds a message, unless one of this deduplication id came before. */
  send(group: string, id: string, attributes: Message['MessageAttributes'] = {}): void {
    if (this.#known.has(id)) return;
    this.#known.add(id);
    this.#made += 1;
    const message: Message = {
      MessageId: `sqs-${this.#made}`,
      Body: id,
      Attributes: { MessageGroupId: group, MessageDeduplicationId: id },
      MessageAttributes: attributes,
    };
    this.#held.push({ message, hiddenUntil: 0 });
  }

  /** The messages, in their order. */
  get all(): readonly Message[] {
    return this.#held.map(({ message }) => message);
  }

  get client(): SQSClient {
    return {
      send: async (command: object) => this.#answer(command.constructor.name, command),
    } as unknown as SQSClient;
  }

  #answer(name: string, command: object): object {
    this.before(name);
    const { input } = command as { readonly input: Readonly<Record<string, never>> };
    switch (name) {
      case 'ReceiveMessageCommand':
        return { Messages: this.#receive(Number(input.VisibilityTimeout) * 1000) };
      case 'DeleteMessageCommand': {
        const index = this.#held.findIndex(({ message }) => handleOf(message) === input.ReceiptHandle);
        if (index >= 0) this.#held.splice(index, 1);
        return {};
      }
      case 'ChangeMessageVisibilityCommand': {
        const held = this.#held.find(({ message }) => handleOf(message) === input.ReceiptHandle);
        if (held !== undefined) held.hiddenUntil = 0;
        return {};
      }
      case 'GetQueueAttributesCommand':
        return { Attributes: { ApproximateNumberOfMessagesNotVisible: String(this.#hidden().length) } };
      default:
        throw new Error(`The queue knows no ${name}`);
    }
  }

  #hidden(): Held[] {
    return this.#held.filter(({ hiddenUntil }) => hiddenUntil > this.now);
  }

  /** Up to ten messages; none of a group of which one is hidden. */
  #receive(hideMs: number): Message[] {
    const locked = new Set(this.#hidden().map(({ message }) => message.Attributes?.MessageGroupId));
    const free = this.#held
      .filter(({ message }) => !locked.has(message.Attributes?.MessageGroupId))
      .slice(0, 10);
    if (free.length === 0) this.now += 1000;
    for (const held of free) held.hiddenUntil = this.now + hideMs;
    return free.map(({ message }) => ({ ...message, ReceiptHandle: handleOf(message) }));
  }
}

function handleOf({ MessageId }: Message): string {
  return `handle of ${MessageId}`;
}
