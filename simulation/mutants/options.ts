import type { Mutant } from './mutant.ts';

/** In it, consumers have a `key`, ignore a type for a while, and find records of a later version. */
const workload = 'options';

/** Mutants of the rules of consumers' options, of their past, and of later record formats. */
export const optionMutants = {
  'a key that names no record': {
    rule: 'With a key, an event and its retry under another id have one record',
    file: 'runtime/message/reading.ts',
    text: 'return businessKey(name, own);',
    replacement: 'return own === undefined ? businessKey(name, own) : id;',
    workload,
    shows: /^the ledger of /,
  },
  'the id as content beside a key': {
    rule: 'With a key, a retry under another id is not a conflict',
    file: 'runtime/message/event-content.ts',
    text: 'return key === undefined ? fingerprint(event) : businessFingerprint(event);',
    replacement: 'return key === null ? businessFingerprint(event) : fingerprint(event);',
    workload,
  },
  'an ignored type that looks at no record': {
    rule: 'An event of an ignored type with an unfinished record is not ignored',
    file: 'runtime/delivery/judge-ignored.ts',
    text: '  return (await isUnfinished(',
    replacement: '  return job.endsAt < 0 && (await isUnfinished(',
    workload,
  },
  'a later format taken for a known one': {
    rule: 'A record of a later format decides nothing',
    file: 'runtime/guarantees/record/interpret-record.ts',
    text: 'if (!isKnownFormat(record)) return misconfigured',
    replacement: 'if (record.format === 0 && !isKnownFormat(record)) return misconfigured',
    workload,
  },
  'a later format overwritten': {
    rule: 'No delivery overwrites a record of a later format',
    file: 'runtime/stores/memory/conditions.ts',
    text: '    isKnownFormat(record) &&\n    startable &&',
    replacement: '    startable &&',
    workload,
    shows: /^a delivery changed the record /,
  },
  'a past that nobody minds': {
    rule: 'An event from before the history of its consumer is not applied without a record',
    file: 'runtime/delivery/delivery-task.ts',
    text: 'isInsideHistory(publishedAt, historyFrom)\n',
    replacement: 'isInsideHistory(publishedAt, historyFrom && 0)\n',
    workload: 'takeover',
    shows: /^the ledger of /,
  },
} as const satisfies Readonly<Record<string, Mutant>>;
