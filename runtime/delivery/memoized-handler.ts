import type { CloudEvent } from '../../contract/event/event-parser.ts';
import type { BoundEffectHandler, Guarantee, HandlerKind, Handlers } from '../guarantees/guarantee.ts';
import type { Effect } from '../handler/effects/index.ts';
import { isPlainObject } from '../values/plain-object.ts';

/**
 * Calls the handler at most once per event and invocation, and caches its effects or its error. An event that leaves a
 * fold is then settled alone with the same result.
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

  /**
   * Whether the handler of an event is still running. A fold continues without a slow handler, and its group may stop
   * before that event.
   */
  isAtWork(event: Event): boolean {
    return this.#atWork.has(event);
  }

  /** Resolves when no handler is running any more. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#asked.values());
  }

  async #ask(event: Event): Promise<readonly Effect[]> {
    this.#atWork.add(event);
    try {
      const effects = this.#handle(event);
      // A list is copied at once, because the next handler call may belong to another group.
      return Array.isArray(effects) ? copyOf(effects) : copyOf(await effects);
    } finally {
      this.#atWork.delete(event);
    }
  }
}

/** The handler of one invocation, and its pending calls. */
export type InvocationHandler<Event extends CloudEvent, Kind extends HandlerKind> = {
  readonly handle: Handlers<Event>[Kind];
} & Pick<MemoizedHandler<Event>, 'isAtWork' | 'idle'>;

/** An external handler is not memoized: its guarantee awaits each call, and may call the handler again. */
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

/** Copies lists and plain objects at any depth, because the handler may reuse them for its next event. */
function copyOf<Value>(value: Value): Value;
function copyOf(value: unknown): unknown {
  // Spread first: `map` on an instance of a subclass would call the subclass's constructor with a number.
  if (Array.isArray(value)) return [...value].map((member) => copyOf(member));
  if (!isPlainObject(value)) return value;
  const copy: Record<string, unknown> = { ...value };
  for (const name in copy) copy[name] = copyOf(copy[name]);
  return copy;
}
