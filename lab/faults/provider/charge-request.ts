import type { IncomingHttpHeaders } from 'node:http';
import { canonicalJson } from '../../../contract/event/canonical-json.ts';
import { sha256 } from '../../../contract/event/identity.ts';

/** What a caller wants charged. */
export interface ChargeRequest {
  readonly reference: { readonly source: string; readonly id: string };
  /** A decimal, as the caller wrote it. */
  readonly amount: string;
  readonly currency: string;
  /** Of the whole payload: one key stands for one of it. */
  readonly fingerprint: string;
}

/** `undefined` for what is no charge. */
export function readCharge(body: Buffer): ChargeRequest | undefined {
  const payload = parse(body);
  const { reference, amount, currency } = payload;
  const { source, id } = (typeof reference === 'object' && reference !== null ? reference : {}) as {
    source?: unknown;
    id?: unknown;
  };
  if (typeof source !== 'string' || typeof id !== 'string' || typeof currency !== 'string') return undefined;
  if (!/^\d+(\.\d+)?$/.test(String(amount)) || !(Number(amount) > 0)) return undefined;
  const fingerprint = sha256(canonicalJson(payload));
  return { reference: { source, id }, amount: String(amount), currency, fingerprint };
}

function parse(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body.toString());
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/**
 * The key of a request: a string of Structured Field Values (RFC 9651), `"..."`, as the draft "The Idempotency-Key
 * HTTP Header Field" has it, or the bare key that providers of before it take. Empty where there is none.
 */
export function readKey(headers: IncomingHttpHeaders): string {
  const field = String(headers['idempotency-key'] ?? '').trim();
  const quoted = /^"((?:[^"\\]|\\["\\])*)"$/.exec(field);
  return quoted?.[1]?.replace(/\\(["\\])/g, '$1') ?? field;
}
