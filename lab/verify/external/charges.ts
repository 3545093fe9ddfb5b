import type { ProviderRequest, ResendCause } from '../../faults/provider/payment-provider.ts';
import { chargeText, eventKey } from '../expectation.ts';
import type { SeenEffects } from './external-effects.ts';

/** The charges by event. A second charge of an event is a double charge, even with another key. */
export function chargesOf(requests: readonly ProviderRequest[]): SeenEffects {
  const seen = new Map<string, string[]>();
  for (const { charged, reference, amount = '', currency = '' } of requests) {
    if (!charged || reference === undefined) continue;
    const key = eventKey(reference.source, reference.id);
    seen.set(key, [...(seen.get(key) ?? []), chargeText(amount, currency)]);
  }
  return seen;
}

export interface Resent {
  readonly total: number;
  /** Number of resent requests by the result of the previous request with the same key. */
  readonly causes: Readonly<Partial<Record<ResendCause, number>>>;
}

/** Counts the requests that repeat the key of an earlier one. */
export function resentOf(requests: readonly ProviderRequest[]): Resent {
  const again = requests.filter(({ resent }) => resent);
  const causes: Partial<Record<ResendCause, number>> = {};
  for (const { cause } of again) if (cause !== undefined) causes[cause] = (causes[cause] ?? 0) + 1;
  return { total: again.length, causes };
}
