import { parseMails, parseQueue } from '../../../local/ministack/pages.ts';

test('reads the mails of all accounts from MiniStack, also those without HTML', () => {
  const listed = { To: ['c@b.test'], Subject: 's', BodyText: 'Your order', BodyHtml: '<p>' };
  const plain = { ...listed, BodyHtml: null };
  const mail = { to: ['c@b.test'], subject: 's', text: 'Your order', html: '<p>' };
  expect(parseMails({ messages: { '000000000000': [listed], '111111111111': [plain] } })).toEqual([
    mail,
    { ...mail, html: '' },
  ]);
});

test('reads only the received messages of a queue', () => {
  const shown = (MessageId: string, ReceiveCount: number) => ({ MessageId, ReceiveCount, VisibleAt: 5 });
  const queues = { 'http://queue': [shown('a', 2), shown('b', 0)] };
  expect(parseQueue({ messages: { '000000000000': { 'us-east-1': queues } } })).toEqual([
    { messageId: 'a', receiveCount: 2, visibleAt: 5 },
  ]);
});
