/** A rule of the code, broken: one text of one file is replaced while it is loaded. */
export interface Mutant {
  /** From the root of the repository. */
  readonly file: string;
  /** Stands there exactly once; a mutant whose text is gone is an error, not a mutant that survives. */
  readonly text: string;
  readonly replacement: string;
}

export const mutants = {
  'no condition': {
    file: 'runtime/stores/memory/memory-store.ts',
    text: `      if (!(replace || may.commit(record, delivery, over))) return { kind: 'exists', record };
      const applied`,
    replacement: '      const applied',
  },
} as const satisfies Readonly<Record<string, Mutant>>;

export type MutantName = keyof typeof mutants;

export const mutantNames = Object.keys(mutants) as readonly MutantName[];
