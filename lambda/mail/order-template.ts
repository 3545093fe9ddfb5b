import type { Template } from '@aws-sdk/client-sesv2';
import { referenceLine } from '../../contract/orders/mail.ts';
import type { OrderEvent } from '../../contract/orders/order-event.ts';

/** SES inserts values into the HTML without escaping (Amazon SES Developer Guide, "Advanced email personalization"). */
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
 * The mail about an order. Its reference names the event, so that mails can be counted per event.
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
    // All digits of the event, and no others.
    total: String(total),
    currency,
    reference: idempotencyKey,
  };
  return { TemplateContent: content, TemplateData: JSON.stringify(values) };
}

/** Longest order id, in characters. A line of a mail's header has at most 998 (RFC 5322, 2.1.1). */
const maxOrder = 100;

/** Removes line breaks: an order id can be any text, and must not end the subject or start a new header. */
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
