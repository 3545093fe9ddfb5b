import { referenceLine } from '../../../../contract/orders/mail.ts';
import { parseMails } from '../../../../lab/observe/mails.ts';

const key = 'ab'.repeat(32);
const text = `Your order\n\n${referenceLine(key)}\n`;
const mail = { idempotencyKey: key, to: ['c@b.test'], subject: 's', text, html: '<p>' };

test("reads MiniStack's mails, of all accounts", () => {
  const listed = { To: ['c@b.test'], Subject: 's', BodyText: text, BodyHtml: '<p>' };
  expect(parseMails({ messages: { '000000000000': [listed], '111111111111': [listed] } })).toEqual([
    mail,
    mail,
  ]);
});

test("reads LocalStack's mails", () => {
  const listed = {
    Destination: { ToAddresses: ['c@b.test'] },
    Subject: 's',
    Body: { text_part: text, html_part: '<p>' },
  };
  expect(parseMails({ messages: [listed] })).toEqual([mail]);
});

test('takes no other text for a reference', () => {
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
