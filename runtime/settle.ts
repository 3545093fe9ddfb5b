import type { CloudEvent } from '../contract/event.ts';
import { conclude, stayAfter } from './conclude.ts';
import type { Ending, Means } from './ending.ts';
import { BodyReadError, PermanentError } from './errors.ts';
import { isOwnFailure } from './guarantees/count-attempt.ts';
import { externalGuarantee } from './guarantees/external.ts';
import type { Guarantee, HandlerKind, Handlers, Task, Verdict } from './guarantees/guarantee.ts';
import type { Message } from './message.ts';
import { bodyTaskOf } from './task.ts';

/** Lets the guarantee settle a task of a message, and ends the delivery as it says. What does not answer leaves the message. */
export async function settle<Event extends CloudEvent, Kind extends HandlerKind>(
  task: Task<Event>,
  message: Message<Event>,
  guarantee: Guarantee<Kind>,
  handle: Handlers<Event>[Kind],
  means: Means,
): Promise<Ending> {
  try {
    return await conclude(await verdictOf(task, guarantee, handle, means), message, task, means);
  } catch (error) {
    if (error instanceof BodyReadError) throw error;
    return await stayAfter(error, message, means, task);
  }
}

/** A permanent error becomes a verdict too, and its event may have one already that goes before it. */
async function verdictOf<Event extends CloudEvent, Kind extends HandlerKind>(
  task: Task<Event>,
  guarantee: Guarantee<Kind>,
  handle: Handlers<Event>[Kind],
  { wiring, warn, commonFailure }: Means,
): Promise<Verdict> {
  try {
    return await guarantee.settle(task, handle, wiring);
  } catch (error) {
    if (isOwnFailure(error)) commonFailure.failed(task.identity.id, error);
    if (!(error instanceof PermanentError)) throw error;
    const refused = { outcome: 'refused', error } as const;
    if (wiring.onPoison === 'quarantine') return refused;
    return await guarantee.recordRefusal(task, error, wiring).catch((cause: unknown) => {
      warn('The refusal of an event has no record, so no skip of its message can stand', cause);
      return refused;
    });
  }
}

/**
 * Lets the consumer's parser read a body that it may not survive, or over which it has failed: an attempt of that body, counted
 * in a record of its own, whatever its guarantee. Nothing happens outside, so what is unclear is tried again.
 *
 * @returns How the delivery ended; `undefined` if the parser has said what the body is.
 */
export async function readBody(
  message: Message<CloudEvent>,
  isCounted: boolean,
  means: Means,
): Promise<Ending | undefined> {
  const guarantee = externalGuarantee({ name: 'at-least-once', unclear: 'retry' }, means.guarantee.store);
  const task = bodyTaskOf(message, means, isCounted);
  try {
    return await settle(task, message, guarantee, nothing, { ...means, guarantee });
  } catch (error) {
    if (error instanceof BodyReadError) return undefined;
    throw error;
  }
}

/** Of a body: reading it is all. */
async function nothing(): Promise<void> {}
