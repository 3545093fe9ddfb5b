import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { ClientConfig } from '../../local/endpoint/client-config.ts';
import type { EmulatorPages, GivenMessage } from '../../local/endpoint/emulator-pages.ts';

/** A message that an invocation has received and not yet settled. */
export type HeldMessage = Omit<GivenMessage, 'visibleAt'>;

/** Minimum ratio of a queue's visibility timeout to its function's timeout. Synthesis checks it. */
const timeoutsInVisibility = 6;

/** Finds the messages of invocations that are about to be ended. */
export class HeldMessages {
  readonly #clientConfig: ClientConfig;
  readonly #pages: Pick<EmulatorPages, 'readQueue'>;
  readonly #returned = new Set<string>();

  constructor(clientConfig: ClientConfig, pages: Pick<EmulatorPages, 'readQueue'>) {
    this.#clientConfig = clientConfig;
    this.#pages = pages;
  }

  /**
   * The messages of a queue's current invocation, while its process is stopped. There is at most one invocation,
   * because MiniStack runs one batch of a FIFO queue at a time.
   *
   * @returns An empty list if there is no invocation. A message is returned once per receive: after its process has
   *   ended it stays hidden until the visibility timeout, but it does not belong to the next invocation.
   */
  async of(queueUrl: string): Promise<HeldMessage[]> {
    const visibilityTimeoutSeconds = await visibilityTimeoutSecondsOf(this.#clientConfig, queueUrl);
    const queued = await this.#pages.readQueue(this.#clientConfig, queueUrl);
    const possible = queued.filter((message) => !this.#returned.has(receiveOf(message)));
    const held = heldAt(possible, Date.now(), visibilityTimeoutSeconds);
    for (const message of held) this.#returned.add(receiveOf(message));
    return held;
  }
}

/** Identifies one receive of a message. */
function receiveOf({ messageId, receiveCount }: HeldMessage): string {
  return `${messageId} ${receiveCount}`;
}

/**
 * The messages of the current invocation: they were received together, after all others, and are still hidden. Messages
 * that the invocation deleted or returned, and messages that wait for a backoff, are not included.
 *
 * @param queued The messages of the queue.
 * @param now Milliseconds since the epoch.
 * @param visibilityTimeoutSeconds Visibility timeout of the queue, in seconds.
 */
export function heldAt(
  queued: readonly GivenMessage[],
  now: number,
  visibilityTimeoutSeconds: number,
): HeldMessage[] {
  const end = Math.floor(now / 1000);
  const longest = Math.ceil(visibilityTimeoutSeconds / timeoutsInVisibility);
  // The emulator shows whole seconds, so an invocation may appear one second longer.
  const given = ({ visibleAt }: GivenMessage) => visibleAt - visibilityTimeoutSeconds;
  const possible = queued.filter((message) => given(message) <= end && given(message) >= end - longest - 1);
  const last = Math.max(...possible.map(given));
  return possible
    .filter((message) => given(message) === last)
    .map(({ messageId, receiveCount }) => ({ messageId, receiveCount }));
}

async function visibilityTimeoutSecondsOf(clientConfig: ClientConfig, QueueUrl: string): Promise<number> {
  const client = new SQSClient(clientConfig);
  try {
    const { Attributes = {} } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['VisibilityTimeout'] }),
    );
    return Number(Attributes.VisibilityTimeout);
  } finally {
    client.destroy();
  }
}
