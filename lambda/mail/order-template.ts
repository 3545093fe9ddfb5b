import type { Template } from '@aws-sdk/client-sesv2';
import { referenceLine } from '../../contract/orders/mail.ts';
import type { OrderEvent } from '../../contract/orders/order-event.ts';

/** SES puts values into the HTML as they are (Amazon SES Developer Guide, "Advanced email personalization"). */
const content = {
  Subject: 'Your order {{order}}',
  Text: [
    '{{opening}} {{order}}.',
    '',
    'Total: {{total}} {{currency}}',
    '',
    referenceLine('{{reference}}'),
    '',
  ].join('\n'),
  Html: [
    '<!doctype html>',
    '<p>{{opening}} {{orderHtml}}.</p>',
    '<p>Total: {{total}} {{currency}}</p>',
    `<p><small>${referenceLine('{{reference}}')}</small></p>`,
    '',
  ].join('\n'),
};

/**
 * A mail about an order. Its reference names the event, so that mails can be counted per event.
 *
 * @param opening The first words of the text, before the order's id: "Thank you for your order".
 */
export function orderTemplate(
  opening: string,
  { orderId, total, currency }: OrderEvent['data'],
  idempotencyKey: string,
): Template {
  const order = oneLine(orderId);
  const values = {
    opening,
    order,
    orderHtml: escapeHtml(order),
    // Every digit that the event has, and no more.
    total: String(total),
    currency,
    reference: idempotencyKey,
  };
  return { TemplateContent: content, TemplateData: JSON.stringify(values) };
}

/** In characters; a line of a mail's header ends at 998 (RFC 5322, 2.1.1). */
const maxOrder = 100;

/** An order id is any text; it must neither end a subject nor begin a line of its own. */
function oneLine(text: string): string {
  const line = text.replace(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return (line.length > maxOrder ? `${line.slice(0, maxOrder - 1)}…` : line).toWellFormed();
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
