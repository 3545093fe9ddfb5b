import { coin, type Shares, scheduledFault } from '../fault-schedule.ts';

/**
 * `slow`: answered after a second. `hang`: never answered. `fail-before`: refused or cut before anything happened.
 * `fail-after`: charged, and the answer lost.
 */
export type ProviderFault = 'slow' | 'hang' | 'fail-before' | 'fail-after';

/** How a provider fails. `forget` loses answers and, after some time, idempotency keys. */
export const providerModes = [
  'none',
  'slow',
  'hang',
  'fail-before',
  'fail-after',
  'forget',
  'mixed',
] as const;
export type ProviderMode = (typeof providerModes)[number];

/** Shares of the first requests of a key. */
const shares: Readonly<Record<ProviderMode, Shares<ProviderFault>>> = {
  none: {},
  slow: { slow: 0.03 },
  hang: { hang: 0.03 },
  'fail-before': { 'fail-before': 0.03 },
  'fail-after': { 'fail-after': 0.03 },
  // Only a repeated request shows that a key was forgotten, so some answers are lost.
  forget: { 'fail-after': 0.03 },
  mixed: { slow: 0.01, hang: 0.01, 'fail-before': 0.01, 'fail-after': 0.01 },
};

/** The modes in which keys are forgotten after their retention. */
export const forgetful: ReadonlySet<ProviderMode> = new Set<ProviderMode>(['forget', 'mixed']);

export interface FaultPlan {
  readonly fault: ProviderFault | 'none';
  /** Whether the charge is made. */
  readonly charges: boolean;
  /** `cut`: the connection ends without an answer. `hang`: it stays open without one. */
  readonly ending: 'answer' | 'status 500' | 'cut' | 'hang';
}

/** The fault of the n-th request of a key (from 1); it depends only on the arguments. */
export function chargeFaultOf(mode: ProviderMode, seed: number, key: string, n: number): FaultPlan {
  const fault = scheduledFault(shares[mode], seed, key, n);
  const heads = coin(seed, key, n);
  switch (fault) {
    case 'hang':
      return { fault, charges: heads, ending: 'hang' };
    case 'fail-before':
    case 'fail-after':
      return { fault, charges: fault === 'fail-after', ending: heads ? 'status 500' : 'cut' };
    default:
      return { fault, charges: true, ending: 'answer' };
  }
}
