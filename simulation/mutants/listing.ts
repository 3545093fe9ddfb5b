import type { Mutant } from './mutant.ts';

/** Mutants of the list in which operators find what needs them. */
export const listingMutants = {
  'a completed event stays listed': {
    rule: 'What is completed needs no operator',
    file: 'runtime/stores/memory/memory-store.ts',
    text: '...begun(delivery), ...done, ...notListed }',
    replacement: '...begun(delivery), ...done }',
  },
  'a claim takes its event off the list': {
    rule: 'A claim over a listed record keeps its entry',
    file: 'runtime/stores/memory/memory-store.ts',
    text: 'records.set(delivery.id, { ...old, ...claimed, ...counted,',
    replacement: 'records.set(delivery.id, { ...old, ...notListed, ...claimed, ...counted,',
  },
  'an unknown outcome that nobody finds': {
    rule: 'Operators find every unknown outcome',
    file: 'runtime/stores/memory/memory-store.ts',
    text: "...listed('OUTCOME_UNKNOWN', delivery),",
    replacement: '...notListed,',
  },
} as const satisfies Readonly<Record<string, Mutant>>;
