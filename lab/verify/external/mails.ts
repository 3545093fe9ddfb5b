import { idempotencyKey, sha256 } from '../../../contract/event/identity.ts';
import type { SentMail } from '../../faults/mail-system.ts';
import type { EventKey, Expectation } from '../expectation.ts';
import type { SeenEffects } from './external-effects.ts';

/**
 * The accounts that got mails, by the event of the mail's idempotency key. A mail with an unknown key, or to another
 * address than its account's, is listed under its own text, so that the comparison reports it.
 */
export function mailsOf(
  mails: readonly SentMail[],
  { events }: Pick<Expectation, 'events'>,
  domain: string,
): SeenEffects {
  const byKey = new Map<string, EventKey>();
  for (const event of events.keys()) {
    const [source, id] = JSON.parse(event) as [string, string];
    byKey.set(sha256(idempotencyKey('notifications', { source, id })), event);
  }
  const seen = new Map<EventKey, string[]>();
  for (const { idempotencyKey: key, to } of mails) {
    const event = byKey.get(key ?? '') ?? `with the key ${key}`;
    const address = to.join(', ');
    const account = address.endsWith(`@${domain}`) ? address.slice(0, -domain.length - 1) : address;
    seen.set(event, [...(seen.get(event) ?? []), account]);
  }
  return seen;
}
