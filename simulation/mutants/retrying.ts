import type { Mutant } from './mutant.ts';

const retrying = 'contract/policies/retry-policy.ts';

/** Mutants of the retry rules. */
export const retryingMutants = {
  'the retention forgotten': {
    rule: 'A message is saved before its queue deletes it',
    file: 'runtime/settlement/retry-later.ts',
    text: 'if (again > latestRetryAt) {',
    replacement: 'if (again > latestRetryAt * 2) {',
    // Only violations by a correct clock, because those of a clock that is hours behind are known.
    shows: /was deleted at the retention of \w+$/,
  },
  'saved long before it has to be': {
    rule: 'A message is saved only if its queue is about to delete it',
    file: retrying,
    text: 'const retentionMarginSeconds = 60 * 60;',
    replacement: 'const retentionMarginSeconds = 10 * 60 * 60;',
    workload: 'blocking',
    shows: /left \w+ for its retention \d+ minutes before it$/,
  },
  'twenty attempts': {
    rule: 'An event that fails by itself is given up after five attempts and a minute',
    file: retrying,
    text: 'return attempts >= maxAttempts && now - firstAttemptAt',
    replacement: 'return attempts >= 4 * maxAttempts && now - firstAttemptAt',
    shows: /is tried again after \d+ attempts in \d+ s$/,
  },
  'a count that is not recognised': {
    rule: 'An attempt is counted once, even if the answer of the count is lost',
    file: 'runtime/stores/memory/conditions.ts',
    text: 'return commit(record, mine, expectedExpiration) && !isCounted;',
    replacement: 'return commit(record, mine, expectedExpiration) && (!isCounted || isCounted);',
    shows: /it has counted \d+ attempts$/,
  },
  'a state of another attempt': {
    rule: 'Whatever writes the owner token sets or removes the state of its attempt',
    file: 'runtime/stores/memory/memory-store.ts',
    text: 'return { ...identity, attemptState: undefined };',
    replacement: 'return identity;',
    shows: /it has the state of an attempt that another delivery counted$/,
  },
  'receives that are not paced': {
    rule: "A message's receives last until its retention",
    file: retrying,
    text: '  if (receiveCount <= limits.maxReceiveCount * burstShare) return 0;',
    replacement: '  if (receiveCount <= limits.maxReceiveCount * 2 || burstShare < 0) return 0;',
  },
} as const satisfies Readonly<Record<string, Mutant>>;
