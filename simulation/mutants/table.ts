import { adapterMutants } from './adapters.ts';
import { attributeMutants } from './attributes.ts';
import { intakeMutants } from './intake.ts';
import { listingMutants } from './listing.ts';
import type { Mutant } from './mutant.ts';
import { optionMutants } from './options.ts';
import { retryingMutants } from './retrying.ts';
import { unreadMutants } from './unread.ts';

const store = 'runtime/stores/memory/memory-store.ts';
const conditions = 'runtime/stores/memory/conditions.ts';

export const mutants = {
  'no condition': {
    rule: 'A commit is taken only where the record allows it',
    file: store,
    text: 'const taken = replace || may.commit(record, delivery, expectedExpiration);',
    replacement:
      'const taken = replace || may.commit(record, delivery, expectedExpiration) || delivery.id !== "";',
  },
  'no fence for completion': {
    rule: 'Only the owner of a claim completes it',
    file: conditions,
    text: 'isUnfinished && ownerToken === mine.ownerToken && isSameEvent(record, mine);',
    replacement: 'isUnfinished && isSameEvent(record, mine) && ownerToken !== "";',
    workload: 'owners',
  },
  'no fence for release': {
    rule: 'Only the owner of a claim releases it',
    file: conditions,
    text: 'isOpen && ownerToken === mine.ownerToken && isSameEvent(record, mine);',
    replacement: 'isOpen && ownerToken !== undefined && isSameEvent(record, mine);',
  },
  'lease ignored': {
    rule: 'A claim is taken over only when its lease is over',
    file: conditions,
    text: "const isLeaseOver = status === 'INPROGRESS' && leaseUntil !== undefined && leaseUntil <= mine.now;",
    replacement: "const isLeaseOver = status === 'INPROGRESS' && leaseUntil !== 0;",
  },
  'take-over without fingerprint': {
    rule: 'Every condition over an existing record requires the same fingerprint',
    file: conditions,
    text: 'const isMeant = isSameEvent(record, mine) && record.guarantee === mine.guarantee;',
    replacement: 'const isMeant = record.guarantee === mine.guarantee;',
  },
  'old records compared by the new algorithm': {
    rule: 'A delivery is compared by the algorithm that the record names',
    file: 'runtime/guarantees/record/interpret-record.ts',
    text: 'const received = fingerprintLike(record.fingerprint);',
    replacement: 'const received = fingerprintLike(mine.fingerprint);',
    workload: 'deployments',
  },
  'any content taken for that of another algorithm': {
    rule: 'Other content is a conflict under every fingerprint algorithm',
    file: 'runtime/guarantees/record/interpret-record.ts',
    text: 'if (received !== record.fingerprint) {',
    replacement: 'if (received !== record.fingerprint && record.fingerprint[0] === mine.fingerprint[0]) {',
    workload: 'deployments',
  },
  'no condition on the algorithm that the record names': {
    rule: 'An unfinished record continues under a new fingerprint algorithm',
    file: 'runtime/guarantees/record/delivery-attempt.ts',
    text: 'this.#earlier = state.record?.fingerprint;',
    replacement: 'this.#earlier = undefined;',
    workload: 'deployments',
  },
  'begun under another guarantee': {
    rule: 'An attempt under another guarantee is never continued',
    file: conditions,
    text: 'const isMeant = isSameEvent(record, mine) && record.guarantee === mine.guarantee;',
    replacement: 'const isMeant = isSameEvent(record, mine);',
  },
  'another guarantee judged as the same': {
    rule: 'An unfinished record left under another guarantee is OUTCOME_UNKNOWN',
    file: 'runtime/guarantees/record/interpret-record.ts',
    text: 'if (record.guarantee !== mine.guarantee) {',
    replacement: 'if (record.guarantee === undefined) {',
  },
  'never reopened': {
    rule: 'Exactly-once reopens an unknown record before it commits a resent event',
    file: 'runtime/guarantees/record/reopen.ts',
    text: "if (record?.status !== 'OUTCOME_UNKNOWN' && record?.status !== 'INPROGRESS') return;",
    replacement: "if (record?.status !== 'INPROGRESS') return;",
  },
  'unknown locks its owner out': {
    rule: 'OUTCOME_UNKNOWN keeps the owner token: a slow owner may still complete',
    file: store,
    text: 'const ownerToken = seen.ownerToken ?? delivery.ownerToken;',
    replacement: 'const ownerToken = delivery.ownerToken;',
  },
  'unknown runs without its attempt': {
    rule: 'Only the message that an operator sent for it runs an unknown outcome again',
    file: conditions,
    text: "isKnownFormat(record) && record.status === 'OUTCOME_UNKNOWN' && record.ownerToken === resendToken;",
    replacement: "record.status === 'OUTCOME_UNKNOWN';",
  },
  'unknown that anybody runs': {
    rule: 'No ordinary delivery runs an unknown outcome',
    file: conditions,
    text: `  if (record === undefined || resendToken === undefined || !isSameEvent(record, mine)) return false;
  return isKnownFormat(record) && record.status === 'OUTCOME_UNKNOWN' && record.ownerToken === resendToken;`,
    replacement: `  if (record === undefined || !isSameEvent(record, mine)) return false;
  return record.status === 'OUTCOME_UNKNOWN' && resendToken !== '';`,
  },
  'new life out of the window': {
    rule: 'Out of the window a missing record proves nothing',
    file: conditions,
    text: `  if (expectedExpiration !== undefined && mine.insideWindow) return false;
  if (record === undefined) return mine.insideWindow;`,
    replacement: `  if (expectedExpiration !== undefined && mine.insideWindow) return false;
  if (record === undefined) return true;`,
  },
  'claim out of the window': {
    rule: 'Out of the window a missing record proves nothing, for claims too',
    file: conditions,
    text: `  if (terms.expectedExpiration !== undefined && mine.insideWindow) return false;
  if (record === undefined) return mine.insideWindow;`,
    replacement: `  if (terms.expectedExpiration !== undefined && mine.insideWindow) return false;
  if (record === undefined) return true;`,
  },
  'attempts kept by a quarantine': {
    rule: 'A redrive has its own attempts',
    file: store,
    text: '{ ...old, ...given, attempts: 0, firstAttemptAt, ...entry }',
    replacement: '{ ...old, ...given, firstAttemptAt, ...entry }',
  },
  'TTL unchecked': {
    rule: 'An expired record counts as absent, deleted or not',
    file: 'runtime/guarantees/record/interpret-record.ts',
    text: 'if (record.expiration !== undefined && record.expiration <= (mine.now + aheadMs) / 1000) {',
    replacement: 'if (record.expiration === 0) {',
  },
  'own lost answer taken for another': {
    rule: 'A refusing record with my owner token is my own earlier write',
    file: 'runtime/guarantees/record/interpret-record.ts',
    text: 'if (record.ownerToken === mine.ownerToken && ownStatuses.has(record.status))',
    replacement: "if (record.ownerToken === mine.ownerToken && record.status === 'COMPLETED' && ownStatuses)",
  },
  'provider that never forgets': {
    rule: "A claim over an existing record needs a first attempt within the provider's key retention",
    file: 'runtime/guarantees/external/external-effect.ts',
    text: '      Number.isFinite(policy.providerKeyRetentionMs) && {',
    replacement: '      policy.providerKeyRetentionMs < 0 && {',
    workload: 'poison',
  },
  'at-most-once taken over': {
    rule: 'At-most-once never takes over an attempt that may have happened',
    file: 'runtime/guarantees/external/external-effect.ts',
    text: "takeOver: policy.onAmbiguous === 'retry',",
    replacement: 'takeOver: true,',
  },
  'judged as taken over': {
    rule: 'Under at-most-once a dead owner leaves an unknown outcome',
    file: 'runtime/guarantees/record/interpret-record.ts',
    text: "if (state.kind === 'unclear' || terms.takeOver) return state;",
    replacement: 'return state;',
  },
  'unclear released': {
    rule: 'Under at-most-once an unclear error is marked unknown, not released',
    file: 'runtime/guarantees/external/external-effect.ts',
    text: "if (!notDone && policy.onAmbiguous === 'markUnknown') {",
    replacement: "if (!notDone && policy.onAmbiguous !== 'markUnknown' && policy.onAmbiguous !== 'retry') {",
  },
  'unknown acknowledged before it is written': {
    rule: 'An unknown outcome is acknowledged only after it is written',
    file: 'runtime/guarantees/external/external-effect.ts',
    text: "return verdictOf(await lease.markOwnUnknown(reason), { outcome: 'unknown', reason, error }, error);",
    replacement:
      "void lease.markOwnUnknown(reason).catch(() => {});\n    return { outcome: 'unknown', reason, error };",
  },
  'an outage counted as attempts': {
    rule: 'A store that does not answer is never a reason to give up',
    file: 'runtime/handler/errors.ts',
    text: '  UnclearError,\n  ConfigurationError,',
    replacement: '  ConfigurationError,',
  },
  'a failure of all counted as attempts': {
    rule: "A failure of every event is no event's fault",
    file: 'contract/policies/retry-policy.ts',
    text: 'export const commonFrom = 20;',
    replacement: 'export const commonFrom = Number.POSITIVE_INFINITY;',
    workload: 'faulty-deployment',
  },
  "followers' receive counts give up": {
    rule: "Giving up depends on the record's attempts, not on receive counts",
    file: 'runtime/settlement/settle.ts',
    text: '  if (!attemptsExhausted(history, message, terms.now)) {',
    replacement:
      '  if (!attemptsExhausted({ ...history, attempts: message.receiveCount }, message, terms.now)) {',
  },
  'quarantine recorded before its copy': {
    rule: 'First the copy in the dead-letter queue, then QUARANTINED',
    file: 'runtime/settlement/execute-disposition.ts',
    text: `  const lacks = await sendCopy(message, letter, context.dependencies.deadLetters);
  await recordCopy(disposition, message, job, context);`,
    replacement: `  await recordCopy(disposition, message, job, context);
  const lacks = await sendCopy(message, letter, context.dependencies.deadLetters);`,
  },
  'acknowledged without a copy': {
    rule: 'If the copy fails, the message stays',
    file: 'runtime/settlement/execute-disposition.ts',
    text: 'const lacks = await sendCopy(message, letter, context.dependencies.deadLetters);',
    replacement:
      "const lacks = await sendCopy(message, letter, context.dependencies.deadLetters).catch(() => '');",
  },
  'one attempt for all deliveries of a message': {
    rule: 'Each delivery makes its own owner token',
    file: 'runtime/message/sqs-message.ts',
    text: 'ownerToken: dependencies.random.uuid(),',
    replacement: 'ownerToken: id || dependencies.random.uuid(),',
  },
  'suspects beside the innocent': {
    rule: 'Suspects run one at a time, after all others',
    file: 'runtime/consumer/group-scheduler.ts',
    text: `      while (turn !== undefined && !turn.message.isSuspect) {`,
    replacement: `      while (turn !== undefined) {`,
    workload: 'lethal',
  },
  'suspects not counted before they begin': {
    rule: "A suspect's attempt is counted before its handler",
    file: 'runtime/delivery/deliver.ts',
    text: 'const isCounted = message.isSuspect && countsBeforeHandler(message, context);',
    replacement:
      'const isCounted = message.isSuspect && countsBeforeHandler(message, context) && message.id === "";',
  },
  'parsers not counted before they begin': {
    rule: "A suspect's parser is counted before it begins",
    file: 'runtime/delivery/deliver.ts',
    text: "if (isUnread || 'failed' in reading.content) {",
    replacement: "if ('failed' in reading.content) {",
  },
  'a suspect that always begins': {
    rule: 'A suspect with five attempts that never finished does not start again',
    file: 'runtime/delivery/delivery-task.ts',
    text: "if (past.state !== 'STARTED' || !isExhausted) return true;",
    replacement: "if (past.state !== 'STARTED' || !isExhausted || true) return true;",
  },
  'stale effect cancels its neighbours': {
    rule: 'Only the stale effects are left out',
    file: 'runtime/guarantees/exactly-once/commit.ts',
    text: 'this.#live = this.#live.filter((write) => !this.#stale.has(write));',
    replacement: 'this.#live = this.#live.filter(() => stale.length === 0);',
  },
  'a fold that blames its head': {
    rule: 'An error of one event of a fold counts only against that event',
    file: 'runtime/guarantees/exactly-once/fold.ts',
    text: 'if (verdict !== undefined) verdicts.set(member, verdict);',
    replacement: `if (verdict !== undefined) {
      verdicts.set(members[0] ?? member, verdict);
      return [];
    }`,
  },
  'a fold that commits what it can': {
    rule: 'A fold is committed completely or not at all',
    file: store,
    text: 'if (steps.some(({ taken }) => !taken)) {',
    replacement: 'if (steps.every(({ taken }) => !taken)) {',
  },
  'one event twice in a fold': {
    rule: 'A fold holds no two deliveries of one event',
    file: 'runtime/guarantees/exactly-once/collect-effects.ts',
    text: 'if (resendToken !== undefined || ids.has(identity.id) || patience.isOver) break;',
    replacement: 'if (resendToken !== undefined || patience.isOver) break;',
  },
  'the older version of a fold': {
    rule: 'The newer version of a fold wins',
    file: 'runtime/handler/effects/versions.ts',
    text: 'if (versionOf(next) > held) return',
    replacement: 'if (versionOf(next) < held) return',
  },
  'the older content of a fold under its newer version': {
    rule: 'The newer version of a fold wins, with its whole item',
    file: 'runtime/handler/effects/versions.ts',
    text: 'return { effect: next };',
    replacement:
      'return { effect: { ...next, item: { ...before.item, [next.version]: next.item[next.version] } } };',
  },
  'increments that replace each other': {
    rule: 'Increments of one item add up in a fold',
    file: 'runtime/handler/effects/increment.ts',
    text: 'sums.set(name, addExactly(sums.get(name) ?? 0, amount));',
    replacement: 'sums.set(name, addExactly(0, amount));',
  },
  'suspects that are folded': {
    rule: 'Suspects are never folded',
    file: 'runtime/consumer/group-scheduler.ts',
    text: `  if (message.isSuspect) return [];
  const suspect = next.findIndex(({ isSuspect }) => isSuspect);`,
    replacement: '  const suspect = next.findIndex(() => message === undefined);',
  },
  'a version that does not decide': {
    rule: 'An older event changes nothing',
    file: 'runtime/handler/effects/versions.ts',
    text: 'const isStale = addDecimals(held, { digits: -version, exponent: 0 }).digits >= 0n;',
    replacement:
      'const isStale = addDecimals(held, { digits: -version, exponent: 0 }).digits >= 0n && false;',
  },
  'returns while a handler is pending': {
    rule: 'The runtime does not return while a handler is running',
    file: 'runtime/guarantees/external/handler-deadline.ts',
    text: '    return await handle(ending.signal);',
    replacement: `    return await Promise.race([
      handle(ending.signal),
      new Promise<Result>((_, reject) => ending.signal.addEventListener('abort', () => reject(ending.signal.reason))),
    ]);`,
  },
  'a group goes on after a failure': {
    rule: 'A group stops at its first failure',
    file: 'runtime/consumer/group-scheduler.ts',
    text: `    failed.push(...group.slice(index + settled));
    return undefined;`,
    replacement: `    failed.push(...group.slice(index + settled, index + settled + 1));
    return turnOf(group, index + settled + 1, lot);`,
  },
  'what did not run is dropped': {
    rule: 'A message that did not run is returned as a failure',
    file: 'runtime/consumer/group-scheduler.ts',
    text: 'failed.push(...group.slice(index + settled));',
    replacement: 'failed.push(...group.slice(index + settled, index + settled + 1));',
  },
  'poison that blocks nobody': {
    rule: "With onPoison 'block' a group waits until its head is fixed or skipped",
    file: 'runtime/settlement/execute-disposition.ts',
    text: 'if (skips) return ifSkipped;',
    replacement: 'if (skips || disposition.log.outcome === "blocked") return ifSkipped;',
  },
  'a skip that is not heard': {
    rule: 'A skipped message leaves its group',
    file: 'runtime/settlement/execute-disposition.ts',
    text: 'if (skips) return ifSkipped;',
    replacement: 'if (skips && message.id === "") return ifSkipped;',
  },
  ...retryingMutants,
  "Powertools' persistence layer": {
    rule: 'An unclear error keeps the fenced record, and does not delete it',
    file: 'simulation/actors/mail-guarantee.ts',
    text: 'export const mailGuarantee: GuaranteeMaker = () => atMostOnce();',
    replacement: `void atMostOnce;
import { powertools } from '../mutants/powertools.ts';
export const mailGuarantee: GuaranteeMaker = powertools;`,
    shows: /was mailed [2-9] times, and 1 is right/,
  },
  'a real clock': {
    rule: 'A run reads only its own clock',
    file: 'runtime/delivery/delivery-task.ts',
    text: '  const deadlineAt = deadlineOf(message, context);',
    replacement: '  const deadlineAt = deadlineOf(message, context);\n  process.hrtime();',
  },
  'operator sends under an old deduplication id': {
    rule: 'Every message that an operator sends has a new deduplication id',
    file: 'runtime/operator/resolve-unknown.ts',
    text: '    deduplicationId: (options.random ?? systemRandom).uuid(),',
    replacement: `    deduplicationId: (options.random, systemRandom, process.getBuiltinModule('node:crypto')).createHash('sha256').update(content.body).digest('hex'),`,
  },
  'resent without its attempt': {
    rule: 'A resent event carries the owner token of its unknown record',
    file: 'runtime/operator/resolve-unknown.ts',
    text: "{ [resolvedAttemptAttribute]: { DataType: 'String', StringValue: attempt } }",
    replacement: "{ [resolvedAttemptAttribute]: { DataType: 'String', StringValue: '' } }",
  },
  'two of a group in flight': {
    rule: 'The publisher sends one entry of a group at a time',
    file: 'publisher/sending/backlog.ts',
    text: '      group.push(pending);\n',
    replacement: '      group.push(pending);\n      this.#makeReady(pending);\n',
  },
  'a line skipped by the journal': {
    rule: 'A journal counts a line only after the topic accepted its event',
    file: 'publisher/journal/journal.ts',
    text: 'const [checkpoint = this.#position()] = this.#open.values();',
    replacement: 'const checkpoint = this.#position();',
  },
  ...unreadMutants,
  ...optionMutants,
  ...adapterMutants,
  ...intakeMutants,
  ...listingMutants,
  ...attributeMutants,
} as const satisfies Readonly<Record<string, Mutant>>;

export type MutantName = keyof typeof mutants;

export const mutantNames = Object.keys(mutants) as readonly MutantName[];
