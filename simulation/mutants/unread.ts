import type { Mutant } from './mutant.ts';

/** In it, handlers and parsers no longer accept events that they accepted before. */
const workload = 'stricter';

/** Mutants of the rules for events that a consumer cannot read, or refuses, although it may have applied them. */
export const unreadMutants = {
  'a refusal that looks at no record': {
    rule: 'An event that was applied is a duplicate, although its handler refuses it now',
    file: 'runtime/guarantees/exactly-once/exactly-once.ts',
    text: "if (!leavesRecord) return (await find(task, tools)) ?? { outcome: 'refused', error };",
    replacement: "if (!leavesRecord) return { outcome: 'refused', error };",
    workload,
  },
  'an invalid event that looks at no record': {
    rule: 'An event that was applied is a duplicate, although its parser or schema refuses it now',
    file: 'runtime/delivery/deliver.ts',
    text: 'const known = await judgeByRecord(message, context);',
    replacement: 'const known = message.id === "" ? await judgeByRecord(message, context) : undefined;',
    workload,
  },
  'a failed parser that looks at no record': {
    rule: 'An event that was applied is a duplicate, although its parser fails over it now',
    file: 'runtime/delivery/read-body.ts',
    text: "const known = verdict.outcome === 'tried' ? await judgeByRecord(message, context) : undefined;",
    replacement: "const known = message.id === '' ? await judgeByRecord(message, context) : undefined;",
    workload,
  },
  'an event as it came, without its own content': {
    rule: "A record with the consumer's own fingerprint is compared by it, although the event is not read",
    file: 'runtime/message/reading.ts',
    text: 'return isOwn ? (own ?? fingerprint) : fingerprintLike(named, event);',
    replacement: 'return fingerprintLike(named, event);',
    workload,
  },
} as const satisfies Readonly<Record<string, Mutant>>;
