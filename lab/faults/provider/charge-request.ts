import type { IncomingHttpHeaders } from 'node:http';
import { canonicalJson } from '../../../contract/event/canonical-json.ts';
import { sha256 } from '../../../contract/event/identity.ts';

/** A charge that a caller requests. */
export interface ChargeRequest {
  readonly reference: { readonly source: string; readonly id: string };
  /** The amount, with the caller's own digits. */
  readonly amount: string;
  readonly currency: string;
  /** Hash of the whole payload. A key belongs to one payload. */
  readonly fingerprint: string;
}

/** Reads a charge from a body; `undefined` if the body is not a charge. */
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
 * The key of a request: a string of Structured Field Values (RFC 9651), `"..."`, as the draft "The Idempotency-Key HTTP
 * Header Field" defines it, or a bare key, as older providers accept it. Empty if there is no key.
 */
export function readKey(headers: IncomingHttpHeaders): string {
  const field = String(headers['idempotency-key'] ?? '').trim();
  const quoted = /^"((?:[^"\\]|\\["\\])*)"$/.exec(field);
  return quoted?.[1]?.replace(/\\(["\\])/g, '$1') ?? field;
}
