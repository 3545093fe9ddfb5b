/** A .cfg in this folder, with the actions that are impossible in this model. */
export interface Model {
  readonly name: string;
  readonly never: readonly string[];
}

const commits = ['Commit', 'CommitOverExpired', 'CountAttempt', 'Refuse'];
const claims = ['Claim', 'ClaimOverExpired', 'TakeOver', 'ClaimAgain'];
const calls = ['Call', 'CallUnheard', 'CallLost', 'NotDone', 'TooLate', 'Complete', 'Release'];
const leases = ['Hold', 'Recognise', 'Fenced', 'FindLeased', 'FindUnclear'];
const reopening = ['Reopen', 'ReopenedByAnother'];
const resolving = ['ClaimAgain', 'SendAgain', 'LookUp', 'ResolveDone'];
const expiring = ['TtlDeletes', 'PublishAgain', 'ClaimOverExpired', 'CommitOverExpired', 'FindExpired'];
const poison = ['Refuse', 'Quarantine', 'QuarantineRefused', 'Redrive'];
const copies = ['Copy', 'FindForeign'];
const unclear = ['CallUnheard', 'CallLost'];

export const models: readonly Model[] = [
  {
    name: 'exactly-once',
    never: [
      ...claims,
      ...calls,
      ...leases,
      ...reopening,
      ...resolving,
      ...expiring,
      'FindChanged',
      'GiveUp',
      'Tick',
      'Deploy',
    ],
  },
  {
    name: 'exactly-once-expiring',
    never: [...claims, ...calls, ...leases, ...reopening, ...resolving, ...poison, 'Deploy'],
  },
  {
    name: 'at-least-once',
    never: [
      ...commits,
      ...reopening,
      ...resolving,
      ...expiring,
      ...poison,
      ...copies,
      'NotDone',
      'FindChanged',
      'Deploy',
    ],
  },
  {
    name: 'at-most-once',
    never: [
      ...commits,
      ...reopening,
      ...resolving,
      ...expiring,
      'TakeOver',
      'FindForeign',
      'FindChanged',
      'Deploy',
    ],
  },
  {
    name: 'at-most-once-expiring',
    never: [...commits, ...reopening, ...resolving, ...poison, ...unclear, 'NotDone', 'TakeOver', 'Deploy'],
  },
  {
    name: 'operator',
    never: [
      ...commits,
      ...reopening,
      ...expiring,
      ...poison,
      ...copies,
      'TakeOver',
      'NotDone',
      'FindChanged',
      'Deploy',
    ],
  },
  {
    name: 'to-at-most-once',
    never: [
      ...commits,
      ...reopening,
      ...expiring,
      ...resolving,
      ...poison,
      ...copies,
      'NotDone',
      'FindChanged',
      'FindMine',
    ],
  },
  {
    name: 'to-exactly-once',
    never: [...expiring, ...poison, ...copies, 'NotDone', 'FindMine', 'LookUp', 'ResolveDone'],
  },
];

/** A model with one broken rule, and the invariant or property that it violates. */
export interface Mutant {
  readonly mutation: string;
  readonly model: string;
  readonly violates: string;
}

export const mutants: readonly Mutant[] = [
  // Clauses of the conditions, by their names.
  { mutation: 'ABSENT', model: 'exactly-once', violates: 'HappensOnce' },
  { mutation: 'LIVE', model: 'exactly-once-expiring', violates: 'NothingInherited' },
  { mutation: 'SAME_EVENT', model: 'exactly-once', violates: 'SameContent' },
  { mutation: 'SAME_GUARANTEE', model: 'to-at-most-once', violates: 'HappensOnce' },
  { mutation: 'REDRIVEN', model: 'exactly-once', violates: 'QuarantineStands' },
  { mutation: 'LEASE_OVER', model: 'at-least-once', violates: 'OwnersAlone' },
  { mutation: 'KEY_REMEMBERED', model: 'at-least-once', violates: 'HappensOnce' },
  { mutation: 'SENT_AGAIN', model: 'operator', violates: 'UnknownStands' },
  { mutation: 'MINE', model: 'at-least-once', violates: 'OwnersAlone' },
  { mutation: 'UNFINISHED_AS_SEEN', model: 'at-most-once', violates: 'CompletedStands' },
  { mutation: 'OF_SEEN_OWNER', model: 'operator', violates: 'OwnersAlone' },
  { mutation: 'EXPIRED_AS_SEEN', model: 'exactly-once-expiring', violates: 'HappensOnce' },
  { mutation: 'MAY_RESOLVE', model: 'operator', violates: 'UnknownStands' },
  // Steps of the runtime between the writes.
  { mutation: 'no window', model: 'exactly-once-expiring', violates: 'HappensOnce' },
  { mutation: 'take over at-most-once', model: 'at-most-once', violates: 'HappensOnce' },
  { mutation: 'release the unclear', model: 'at-most-once', violates: 'HappensOnce' },
  { mutation: 'hold takes the attempt', model: 'at-most-once', violates: 'UnknownIsItsOwners' },
  { mutation: 'unknown expires', model: 'at-most-once-expiring', violates: 'UnknownStands' },
  { mutation: 'record before copy', model: 'exactly-once', violates: 'CopiedFirst' },
  { mutation: 'old deduplication id', model: 'exactly-once', violates: 'CopiedFirst' },
  { mutation: 'acknowledge before the record', model: 'at-most-once', violates: 'Accounted' },
  { mutation: 'acknowledge the leased', model: 'at-most-once', violates: 'Accounted' },
  { mutation: 'acknowledge the fenced', model: 'at-least-once', violates: 'Accounted' },
  { mutation: 'wait for the dead', model: 'operator', violates: 'Settles' },
  { mutation: 'no reopening', model: 'to-exactly-once', violates: 'Settles' },
  // Assumptions.
  { mutation: 'lease without skew', model: 'at-most-once-expiring', violates: 'OwnersAlone' },
  { mutation: 'begin late', model: 'exactly-once-expiring', violates: 'HappensOnce' },
  { mutation: 'call late', model: 'at-least-once', violates: 'HappensOnce' },
];
