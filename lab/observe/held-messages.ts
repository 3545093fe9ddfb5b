import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { ClientConfig } from '../target/client-config.ts';
import { type GivenMessage, readQueue } from './emulator-pages.ts';

/** A message that an invocation received and has not settled. */
export type HeldMessage = Omit<GivenMessage, 'visibleAt'>;

/** Minimum ratio of a queue's visibility timeout to its function's timeout. Synthesis checks it. */
const timeoutsInVisibility = 6;

/** Finds the messages of invocations that are about to be ended. */
export class HeldMessages {
  readonly #clientConfig: ClientConfig;
  readonly #told = new Set<string>();

  constructor(clientConfig: ClientConfig) {
    this.#clientConfig = clientConfig;
  }

  /**
   * The messages of a queue's current invocation, while its process is stopped. MiniStack runs one batch of a FIFO
   * queue at a time.
   *
   * @returns An empty list if there is no invocation. Messages that an earlier call returned are left out, because they
   *   are still hidden.
   */
  async of(queueUrl: string): Promise<HeldMessage[]> {
    const visibilityTimeoutSeconds = await visibilityTimeoutSecondsOf(this.#clientConfig, queueUrl);
    const queued = await readQueue(this.#clientConfig, queueUrl);
    const untold = queued.filter((message) => !this.#told.has(nameOf(message)));
    const held = heldAt(untold, Date.now(), visibilityTimeoutSeconds);
    for (const message of held) this.#told.add(nameOf(message));
    return held;
  }
}

/** A redelivered message has another receive count. */
function nameOf({ messageId, receiveCount }: HeldMessage): string {
  return `${messageId} ${receiveCount}`;
}

/**
 * The messages of an invocation: those that were received last, at one time, and are hidden since. Messages that it
 * deleted or returned, and messages that wait for a backoff, are not included.
 *
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
  // Both times are whole seconds, so an invocation may appear one second longer.
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
