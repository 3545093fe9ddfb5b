import type { CloudEvent } from '../../contract/event/event-parser.ts';
import type { BoundEffectHandler, Guarantee, HandlerKind, Handlers } from '../guarantees/guarantee.ts';
import type { Effect } from '../handler/effects/index.ts';
import { isPlainObject } from '../values/plain-object.ts';

/**
 * Asks a handler once for the effects of an event, however often they are needed: what falls out of a fold is settled
 * alone after that, and what its handler failed with is why. For one invocation; the next one asks again.
 */
export class MemoizedHandler<Event extends CloudEvent> {
  readonly #handle: BoundEffectHandler<Event>;
  readonly #asked = new Map<Event, Promise<readonly Effect[]>>();
  readonly #atWork = new Set<Event>();

  constructor(handle: BoundEffectHandler<Event>) {
    this.#handle = handle;
  }

  readonly handle = async (event: Event): Promise<readonly Effect[]> => {
    const known = this.#asked.get(event) ?? this.#ask(event);
    this.#asked.set(event, known);
    return await known;
  };

  /** A fold goes on without a handler that is slow, and its group may stop before it. */
  isAtWork(event: Event): boolean {
    return this.#atWork.has(event);
  }

  /** When no handler is at work any more. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#asked.values());
  }

  async #ask(event: Event): Promise<readonly Effect[]> {
    this.#atWork.add(event);
    try {
      const effects = this.#handle(event);
      // At once, where they are there: the next one may be that of another group.
      return Array.isArray(effects) ? copyOf(effects) : copyOf(await effects);
    } finally {
      this.#atWork.delete(event);
    }
  }
}

/** The handler of one invocation, and what is known of its calls. */
export type InvocationHandler<Event extends CloudEvent, Kind extends HandlerKind> = {
  readonly handle: Handlers<Event>[Kind];
} & Pick<MemoizedHandler<Event>, 'isAtWork' | 'idle'>;

/** A handler that acts outside is not memoized: its guarantee waits for each call, and calls it again if it has to. */
export function handlerForInvocation<Event extends CloudEvent, Kind extends HandlerKind>(
  { kind }: Guarantee<Kind>,
  handle: Handlers<Event>[Kind],
): InvocationHandler<Event, Kind> {
  if (kind === 'external') return { handle, isAtWork: () => false, idle: async () => {} };
  const memoized = new MemoizedHandler(handle as BoundEffectHandler<Event>);
  return {
    handle: memoized.handle as BoundEffectHandler<Event> as Handlers<Event>[Kind],
    isAtWork: (event) => memoized.isAtWork(event),
    idle: () => memoized.idle(),
  };
}

/** Lists and plain objects anew, at any depth: the handler may fill the same ones for its next event. */
function copyOf<Value>(value: Value): Value;
function copyOf(value: unknown): unknown {
  // Spread, or `map` would construct a list of a class anew: from a number, where that class may take members.
  if (Array.isArray(value)) return [...value].map((member) => copyOf(member));
  if (!isPlainObject(value)) return value;
  const copy: Record<string, unknown> = { ...value };
  for (const name in copy) copy[name] = copyOf(copy[name]);
  return copy;
}
