import { type ReasonCode, reasonCodes } from '../../contract/reporting/reason-codes.ts';
import { decisionIn } from '../decisions/decision.ts';
import type { SeenRecord } from '../records/record.ts';
import { isLost } from '../records/standing.ts';
import type { Scene } from './facts.ts';
import type { Finding } from './finding.ts';
import { commandOf } from './next-command.ts';

/** A redrive of these letters would end as it did before. */
const neverRedriven: ReadonlySet<string> = new Set<ReasonCode>([
  'INVALID_JSON',
  'INVALID_EVENT',
  'NESTED_TOO_DEEP',
  'INEXACT_NUMBER',
  'SNS_ENVELOPE',
  'CONFLICT',
  'OUT_OF_WINDOW',
  'BODY_KEPT',
]);

/** What to say of a copy in the dead-letter queue. */
export function deadLetterFinding(
  record: SeenRecord,
  event: string,
  { consumer, now, path }: Scene,
): Finding {
  const { attentionCode: code = 'unknown', lastError, attentionAt: since } = record;
  const expiresAt =
    path === undefined || since === undefined ? undefined : since + path.deadLetterRetentionSeconds * 1000;
  const common = { consumer, event, since, record: record.id };
  const why = lastError === undefined ? '' : `: ${lastError}`;
  if (path !== undefined && since !== undefined && isLost(since, { ...path, now })) {
    return {
      ...common,
      kind: 'dead-letter-lost',
      says:
        `It was given up (${code}${why}), and the dead-letter queue has deleted its copy since. ` +
        'Publish the event again under its own id.',
    };
  }
  const { whatToDo } = reasonCodes[code as ReasonCode] ?? { whatToDo: 'Fix the cause, then redrive.' };
  return {
    ...common,
    kind: 'dead-letter',
    until: expiresAt,
    says: `It is in the dead-letter queue (${code}${why}). ${whatToDo}`,
    next: commandOf('dlq', neverRedriven.has(code) ? 'show' : 'plan', consumer, '--record', record.id),
  };
}

/** An entry of a message that has no record of its own. */
export function letterFinding(letter: SeenRecord, event: string, scene: Scene): Finding {
  const { attention, id: record } = letter;
  if (attention === undefined) {
    const says = 'A copy of it was in the dead-letter queue, and was dropped.';
    return withDecision({ consumer: scene.consumer, event, kind: 'settled', record, says }, letter);
  }
  return attention.includes('#BLOCKED#')
    ? blockedFinding(letter, event, scene)
    : deadLetterFinding(letter, event, scene);
}

/** Adds who decided what about a record, and why. */
export function withDecision(finding: Finding, record: SeenRecord): Finding {
  const decision = decisionIn(record);
  if (decision === undefined) return finding;
  const { by, what, at, why } = decision;
  return { ...finding, says: `${finding.says} ${by} decided "${what}" at ${at}: ${why}` };
}

export function blockedFinding(record: SeenRecord, event: string, { consumer }: Scene): Finding {
  const { messageGroup = '', lastError = 'its record does not say why' } = record;
  return {
    consumer,
    event,
    kind: 'blocked',
    since: record.attentionAt,
    record: record.id,
    says: `It blocks its group "${messageGroup}", whose other messages wait behind it: ${lastError}. Deploy a fix, or skip it.`,
    next: commandOf('blocked', 'skip', consumer, messageGroup),
  };
}
