import type { Mutant } from './mutant.ts';

const scripts = 'runtime/stores/redis/scripts.ts';

/** Mutants of the DynamoDB and Redis stores. */
export const adapterMutants = {
  'an adapter that ignores leases': {
    rule: 'A claim is taken over only when its lease is over, in DynamoDB too',
    file: 'runtime/stores/dynamodb/conditions.ts',
    text: "const LEASE_OVER = '#inProgressExpiration <= :now';",
    replacement: "const LEASE_OVER = '#inProgressExpiration <> :now';",
  },
  "an adapter's version that does not decide": {
    rule: 'An older event changes nothing, in DynamoDB too',
    file: 'runtime/handler/effects/versions.ts',
    text: 'OR #version < :version',
    replacement: 'OR #version <> :version',
  },
  'a script that ignores leases': {
    rule: 'A claim is taken over only when its lease is over, in Redis too',
    file: scripts,
    text: "(mine.takeOver and status == 'INPROGRESS' and leaseUntil and leaseUntil <= now)",
    replacement: "(mine.takeOver and status == 'INPROGRESS' and leaseUntil)",
    workload: 'redis',
  },
  'a script without a fence': {
    rule: 'Only the owner of a claim completes it, in Redis too',
    file: scripts,
    text: 'if not (isKnown and isMine and isSameEvent and isUnfinished)',
    replacement: 'if not (isKnown and isSameEvent and isUnfinished)',
    workload: 'redis',
  },
  'a script that takes any event over': {
    rule: 'Every condition over an existing record asks for the same fingerprint, in Redis too',
    file: scripts,
    text: 'accepted = isSeen and isStartable and isRemembered and isSameEvent',
    replacement: 'accepted = isSeen and isStartable and isRemembered',
    workload: 'redis',
  },
  'a script that locks the owner out': {
    rule: 'OUTCOME_UNKNOWN keeps the owner token, in Redis too',
    file: scripts,
    text: `redis.call('HSETNX', KEYS[1], '\${attribute.attempt}', mine.ownerToken)`,
    replacement: `set('\${attribute.attempt}', mine.ownerToken)`,
    workload: 'redis',
  },
} as const satisfies Readonly<Record<string, Mutant>>;
