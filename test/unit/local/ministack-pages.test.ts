import { referenceLine } from '../../../contract/orders/mail.ts';
import { parseMails, parseQueue } from '../../../local/ministack/pages.ts';

const key = 'ab'.repeat(32);
const text = `Your order\n\n${referenceLine(key)}\n`;
const mail = { idempotencyKey: key, to: ['c@b.test'], subject: 's', text, html: '<p>' };

test('reads the mails of all accounts from MiniStack', () => {
  const listed = { To: ['c@b.test'], Subject: 's', BodyText: text, BodyHtml: '<p>' };
  expect(parseMails({ messages: { '000000000000': [listed], '111111111111': [listed] } })).toEqual([
    mail,
    mail,
  ]);
});

test('reads a reference only from its own line', () => {
  const listed = {
    To: [],
    Subject: '',
    BodyText: `${referenceLine('abc')}\nno ${referenceLine(key)}`,
    BodyHtml: null,
  };
  expect(parseMails({ messages: { a: [listed] } })).toEqual([
    { idempotencyKey: undefined, to: [], subject: '', text: listed.BodyText, html: '' },
  ]);
});

test('reads only the received messages of a queue', () => {
  const shown = (MessageId: string, ReceiveCount: number) => ({ MessageId, ReceiveCount, VisibleAt: 5 });
  const queues = { 'http://queue': [shown('a', 2), shown('b', 0)] };
  expect(parseQueue({ messages: { '000000000000': { 'us-east-1': queues } } })).toEqual([
    { messageId: 'a', receiveCount: 2, visibleAt: 5 },
  ]);
});
