import type { LuaValue } from './lua-values.ts';

/** The variables of one call of a function. */
export interface Frame {
  readonly slots: LuaValue[];
  readonly outer: Frame | undefined;
  /** What it was given beyond its parameters: `...`. */
  readonly rest: readonly LuaValue[];
}

/** Where a variable is. */
export interface Place {
  /** Functions further out. */
  readonly depth: number;
  readonly slot: number;
  readonly isGlobal: boolean;
}

/** The names that a function knows, while it is compiled; each variable has a slot of its own. */
export class Scope {
  readonly outer: Scope | undefined;
  /** Whether what stands here may be run again in the same call. */
  isInLoop = false;
  readonly #blocks: Map<string, number>[] = [new Map()];
  #size = 0;

  constructor(outer?: Scope) {
    this.outer = outer;
  }

  declare(name: string): number {
    const slot = this.#size++;
    this.#blocks.at(-1)?.set(name, slot);
    return slot;
  }

  find(name: string): Place | undefined {
    const slot = this.#blocks.findLast((block) => block.has(name))?.get(name);
    if (slot !== undefined) return { depth: 0, slot, isGlobal: this.outer === undefined };
    const place = this.outer?.find(name);
    return place && { ...place, depth: place.depth + 1 };
  }

  /** Names that are declared meanwhile are known meanwhile. */
  inBlock<Result>(compile: () => Result): Result {
    this.#blocks.push(new Map());
    try {
      return compile();
    } finally {
      this.#blocks.pop();
    }
  }
}

export function frameAt(frame: Frame, depth: number): Frame {
  let found = frame;
  for (let left = depth; left > 0; left--) found = found.outer as Frame;
  return found;
}
