import type { Contended, Delivery, Exists, StoredRecord } from '../stores/record-store.ts';
import type { Verdict } from './guarantee.ts';
import { type JudgeTerms, judge } from './judge.ts';
import type { Lease } from './lease.ts';
import { needsReopening, reopen } from './reopen.ts';
import { pause, untilAnswered } from './retry.ts';

/** A write over a record whose condition may refuse it. */
export interface Step<Taken extends { readonly kind: string }> {
  /** @param over The `expiration` of an expired record to replace. */
  readonly write: (mine: Delivery, over: number | undefined) => Promise<Taken | Exists | Contended>;
  /** What the step came to, where the record shows an earlier try of it, whose answer was lost. */
  readonly written?: (record: StoredRecord) => Taken | undefined;
  readonly terms: JudgeTerms;
  /** What becomes of an unfinished record that nobody may go on with. `hold`: OUTCOME_UNKNOWN. */
  readonly unclear: 'hold' | 'leave';
  /** Whether the write takes over no lease, and what is under one has to be given back first. */
  readonly reopens?: boolean;
}

export type Decision<Taken> =
  | { readonly taken: Taken; readonly verdict?: never }
  /** Without a verdict the record was left to whoever comes next. */
  | { readonly taken?: never; readonly verdict: Verdict | undefined };

/**
 * Repeats a write until the store takes it, or its record says what to make of the delivery instead.
 *
 * @throws StoreBusyError where the store stayed contended, or the record kept changing, until the deadline; whatever
 *   `write` throws.
 */
export async function untilDecided<Taken extends { readonly kind: string }>(
  lease: Lease,
  { write, written, terms, unclear, reopens = false }: Step<Taken>,
): Promise<Decision<Taken>> {
  let over: number | undefined;
  for (let tries = 0; ; tries++) {
    let mine = lease.delivery();
    const answer = await untilAnswered(() => {
      mine = lease.delivery();
      return write(mine, over);
    }, lease.budget);
    if (answer.kind !== 'exists') return { taken: answer as Taken };
    const finding = judge(answer as Exists, mine, terms);
    if (finding.kind === 'verdict') return { verdict: finding.verdict };
    if (finding.kind === 'mine') {
      const taken = written?.(finding.record);
      if (taken !== undefined) return { taken };
    }
    if (finding.kind === 'unclear') {
      if (unclear === 'leave') return { verdict: undefined };
      const { stands } = await lease.hold(finding.record, finding.reason);
      if (stands) return { verdict: { outcome: 'unknown', reason: finding.reason } };
    }
    over = finding.kind === 'again' ? finding.over : undefined;
    if (reopens && finding.kind === 'again' && over === undefined && needsReopening(finding.record)) {
      await reopen(lease, terms);
    }
    // An expired record is replaced at once; whoever meets another surprise after that gives way.
    if (tries > 0) await pause(tries, 'the record kept changing', lease.budget);
  }
}
