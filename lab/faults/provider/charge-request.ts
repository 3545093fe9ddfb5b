import type { IncomingHttpHeaders } from 'node:http';
import { canonicalJson } from '../../../contract/event/canonical-json.ts';
import { sha256 } from '../../../contract/event/identity.ts';

/** A charge that a caller requests. */
export interface ChargeRequest {
  readonly reference: { readonly source: string; readonly id: string };
  /** The amount as a decimal number, with the digits that the caller sent, for example `10.10`. */
  readonly amount: string;
  readonly currency: string;
  /** SHA-256 of the whole payload. The provider refuses an idempotency key that was used with another payload. */
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
 * Reads the idempotency key of a request. The draft "The Idempotency-Key HTTP Header Field" defines it as a quoted
 * string of Structured Field Values (RFC 9651), for example `"key-1"`. Like older providers, this also accepts a key
 * without quotes.
 *
 * @returns The key without quotes; empty if there is none.
 */
export function readKey(headers: IncomingHttpHeaders): string {
  const field = String(headers['idempotency-key'] ?? '').trim();
  const quoted = /^"((?:[^"\\]|\\["\\])*)"$/.exec(field);
  return quoted?.[1]?.replace(/\\(["\\])/g, '$1') ?? field;
}
