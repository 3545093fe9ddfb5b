import type { CloudEvent } from '../../contract/event/event-parser.ts';
import { type AttemptHistory, areAttemptsExhausted } from '../../contract/policies/retry-policy.ts';
import type { ConsumerDependencies } from '../ports/dependencies.ts';
import type { Message } from './sqs-message.ts';

/**
 * Whether the event of a message that failed so often is given up. A redrive is tried for as long as a new message: its
 * record keeps the first attempt of all, since that is what a provider's memory of the key is counted from.
 */
export function attemptsExhausted(
  { attempts, firstAttemptAt }: AttemptHistory,
  { firstReceived }: Message<CloudEvent>,
  { clock }: ConsumerDependencies,
): boolean {
  return areAttemptsExhausted(
    { attempts, firstAttemptAt: Math.max(firstAttemptAt, firstReceived) },
    clock.now(),
  );
}
