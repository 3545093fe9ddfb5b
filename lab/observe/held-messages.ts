import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { ClientConfig } from '../target/client-config.ts';
import { type GivenMessage, readQueue } from './emulator-pages.ts';

/** A message that an invocation was given and has not settled. */
export type HeldMessage = Omit<GivenMessage, 'visibleAt'>;

/** A queue's visibility timeout is at least so many times its function's timeout: a stack with less fails at synthesis. */
const timeoutsInVisibility = 6;

/** Tells what invocations of consumers hold that are about to end. */
export class HeldMessages {
  readonly #clientConfig: ClientConfig;
  readonly #told = new Set<string>();

  constructor(clientConfig: ClientConfig) {
    this.#clientConfig = clientConfig;
  }

  /**
   * What the invocation holds that a queue feeds, while its process stands still: MiniStack runs one batch of a FIFO queue
   * at a time.
   *
   * @returns Nothing where there is no invocation; what was told of one before is still hidden then.
   */
  async of(queueUrl: string): Promise<HeldMessage[]> {
    const visibilityTimeout = await visibilityTimeoutOf(this.#clientConfig, queueUrl);
    const queued = await readQueue(this.#clientConfig, queueUrl);
    const untold = queued.filter((message) => !this.#told.has(nameOf(message)));
    const held = heldAt(untold, Date.now(), visibilityTimeout);
    for (const message of held) this.#told.add(nameOf(message));
    return held;
  }
}

/** A message that comes again has another receive count. */
function nameOf({ messageId, receiveCount }: HeldMessage): string {
  return `${messageId} ${receiveCount}`;
}

/**
 * What an invocation holds: the messages that were given last, all at once, and are hidden since. What it deleted or gave
 * back before is not among them, and neither is what waits for a backoff.
 *
 * @param now In ms since the epoch.
 * @param visibilityTimeout Of their queue, in seconds.
 */
export function heldAt(
  queued: readonly GivenMessage[],
  now: number,
  visibilityTimeout: number,
): HeldMessage[] {
  const end = Math.floor(now / 1000);
  const longest = Math.ceil(visibilityTimeout / timeoutsInVisibility);
  // Both are known in whole seconds, so an invocation may seem to have taken one more.
  const given = ({ visibleAt }: GivenMessage) => visibleAt - visibilityTimeout;
  const possible = queued.filter((message) => given(message) <= end && given(message) >= end - longest - 1);
  const last = Math.max(...possible.map(given));
  return possible
    .filter((message) => given(message) === last)
    .map(({ messageId, receiveCount }) => ({ messageId, receiveCount }));
}

async function visibilityTimeoutOf(clientConfig: ClientConfig, QueueUrl: string): Promise<number> {
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
