import type { Message } from '@aws-sdk/client-sqs';
import { type Clock, systemClock } from '../../contract/clock.ts';
import type { ConsumerDescription } from '../../contract/consumer-description.ts';
import { ConfigurationError } from '../../contract/errors.ts';
import { type Aws, partsOfArn } from '../access/connect.ts';
import { readFunctionSettings } from '../installation/function-settings.ts';
import { readQueue, sumOf } from '../installation/read-path.ts';
import { sendAgain } from './letter-queue.ts';
import { forgetEntry, recordDeferral } from './letter-records.ts';
import { moveLetters } from './move-letters.ts';
import type { Plan, PlanHeader } from './plan.ts';
import { deferralOf, reasonOf, resendOf } from './resend.ts';
import type { PlannedLetter } from './select-letters.ts';

/** The parts of a plan that belong to the consumer as it is now. */
export async function boundTo(aws: Pick<Aws, 'lambda'>, consumer: ConsumerDescription) {
  const { queue, deadLetterQueue, records } = consumer;
  const { code } = await readFunctionSettings(aws.lambda, consumer);
  return {
    queue,
    deadLetterQueue,
    records,
    function: consumer.function,
    code,
  };
}

/** @throws ConfigurationError if something of the plan has changed since it was made: what was shown no longer holds. */
export function checkBinding(plan: PlanHeader, now: Awaited<ReturnType<typeof boundTo>>): void {
  for (const [name, value] of Object.entries(now)) {
    const planned = plan[name as keyof typeof now];
    if (planned === value) continue;
    throw new ConfigurationError(
      `The plan was made for ${name} ${planned}, and it is ${value} now. Make a new plan with dlq plan`,
    );
  }
}

export type Progress =
  | { readonly kind: 'sent' | 'deferred'; readonly letter: PlannedLetter }
  | { readonly kind: 'stays'; readonly letter: PlannedLetter; readonly why: string };

export interface Applied {
  readonly sent: readonly PlannedLetter[];
  readonly deferred: number;
  /** Letters that are still in the dead-letter queue, with the reason. */
  readonly staying: ReadonlyMap<string, string>;
}

/** The most messages that wait in the consumer's queue before more are sent: live events wait behind them. */
const mostWaiting = 1000;
const roomPollMs = 2000;

/**
 * Sends the letters of a plan to the consumer's queue, in the order of each group, and deletes each after its message
 * was confirmed. It can be stopped anywhere and called again.
 */
export async function applyPlan(
  aws: Aws,
  plan: Plan,
  onProgress: (progress: Progress) => void = () => {},
  { signal, clock = systemClock }: { readonly signal?: AbortSignal; readonly clock?: Clock } = {},
): Promise<Applied> {
  const [queue, deadLetterQueue] = await Promise.all([
    readQueue(aws.sqs, plan.queue),
    readQueue(aws.sqs, plan.deadLetterQueue),
  ]);
  const table = partsOfArn(plan.records).name;
  const staying = new Map<string, string>();
  const sent: PlannedLetter[] = [];
  let deferred = 0;
  const letterOf = (id: string) => plan.all.get(id) as PlannedLetter;
  const stays = (id: string, why: string) => {
    staying.set(id, why);
    onProgress({ kind: 'stays', letter: letterOf(id), why });
    return false;
  };
  const { moved, stuck } = await moveLetters({
    client: aws.sqs,
    deadLetterQueueUrl: deadLetterQueue.url,
    wanted: new Set(plan.all.keys()),
    signal,
    clock,
    isThere: ({ MessageAttributes = {} }) => reasonOf(MessageAttributes)?.plan === plan.id,
    async move(message: Message, id) {
      if (letterOf(id).act === 'defer') {
        try {
          await sendAgain(aws.sqs, deadLetterQueue.url, deferralOf(message, plan.id), message);
          return true;
        } catch (error) {
          // A copy that fills a message has no room for the marks of its deferral.
          if ((error as Error).name !== 'InvalidParameterValue') throw error;
          return stays(id, `SQS refuses to take it at the end of the queue: ${(error as Error).message}`);
        }
      }
      const again = resendOf(message, plan.id, { isNew: letterOf(id).act === 'send-as-new' });
      if ('unsendable' in again) return stays(id, again.unsendable);
      await sendAgain(aws.sqs, queue.url, again, message);
      return true;
    },
    async moved(id) {
      const letter = letterOf(id);
      if (letter.act === 'defer') {
        await recordDeferral(aws.dynamoDb, table, letter, clock.now());
        deferred += 1;
        onProgress({ kind: 'deferred', letter });
        return;
      }
      await forgetEntry(aws.dynamoDb, table, letter);
      sent.push(letter);
      onProgress({ kind: 'sent', letter });
    },
    async room() {
      while (sent.length >= mostWaiting && sumOf(await readQueue(aws.sqs, plan.queue)) > mostWaiting) {
        signal?.throwIfAborted();
        await clock.sleep(roomPollMs, signal);
      }
    },
  });
  for (const [id, { messageGroup }] of plan.all) {
    if (moved.has(id) || staying.has(id)) continue;
    if (stuck.has(messageGroup)) {
      stays(id, `a letter that stays stands before it in group "${messageGroup}"`);
      continue;
    }
    // A run that was killed after it had deleted the letter left its entry.
    await forgetEntry(aws.dynamoDb, table, letterOf(id));
    stays(id, 'it is not in the dead-letter queue: an earlier run has sent it, or it was deleted');
  }
  return { sent, deferred, staying };
}
