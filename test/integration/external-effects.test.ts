import { idempotencyKey, sha256 } from '../../contract/event/identity.ts';
import { readReference } from '../../contract/orders/mail.ts';
import type { OrderEvent } from '../../contract/orders/order-event.ts';
import type { ProviderRequest } from '../../lab/faults/provider/payment-provider.ts';
import { chargeFaultOf } from '../../lab/faults/provider/provider-faults.ts';
import { type MailRequest, mailFaultOf } from '../../lab/faults/proxy/mail-proxy.ts';
import { RequestLog } from '../../lab/faults/request-log.ts';
import { anOrder } from '../support/orders.ts';
import { modes } from './deployment/sandbox.ts';
import { connection, deliveries, eventually, readMails, send, unique } from './support.ts';

const { effects } = connection;
const { seed } = modes;

const keyOf = (consumer: string, event: OrderEvent) => sha256(idempotencyKey(consumer, event));

/** An order whose first request to the outside is struck or spared so, and whose second is spared. */
function order(wanted: { readonly charge?: string; readonly mail?: string }, over: Partial<OrderEvent> = {}) {
  const account = unique('account');
  for (let n = 0; ; n++) {
    const event = anOrder({
      id: `${account}-${n}`,
      subject: unique('order'),
      partitionkey: account,
      ...over,
    });
    const [charge, mail] = [keyOf('billing', event), keyOf('notifications', event)];
    const charges = (n: number) => chargeFaultOf(modes.charges, seed, charge, n);
    const mails = (n: number) => mailFaultOf(modes.mails, seed, mail, n);
    if (
      charges(1).ending === (wanted.charge ?? 'answer') &&
      mails(1).fault === (wanted.mail ?? 'none') &&
      charges(2).fault === 'none' &&
      mails(2).fault === 'none'
    ) {
      return { event, group: account, mailKey: mail };
    }
  }
}

if (effects === undefined) {
  it.skip('charges and mails (the functions of this endpoint do not reach this machine)', () => {});
} else {
  const { stack, billing, notifications, mailingAgain, files, mailUrl } = effects;

  const chargesOf = async ({ id }: OrderEvent) => {
    const all = await new RequestLog<ProviderRequest>(files.charges).read();
    return all.filter(({ reference }) => reference?.id === id);
  };
  const mailsOf = async (key: string) =>
    (await readMails(mailUrl)).filter(({ text }) => readReference(text) === key);
  const triesOf = async (wanted: string) =>
    (await new RequestLog<MailRequest>(files.mails).read()).filter(({ key }) => key === wanted);
  const outcomes = async (...args: Parameters<typeof deliveries>) =>
    (await deliveries(...args)).map(({ outcome }) => outcome);

  describe('billing', () => {
    it('charges once if the first answer is lost, by a cut connection or a 500', async () => {
      const orders = ['cut', 'status 500'].map((charge) => order({ charge }));
      for (const { event, group } of orders) await send(stack, { body: event, group });
      for (const { event, group } of orders) {
        // THEN its second delivery hears of the charge that the first one made
        expect(await outcomes(billing, group, 2)).toEqual(['failed', 'applied']);
        expect(await chargesOf(event)).toMatchObject([
          { charged: true, amount: '15.3', currency: 'GBP', fault: 'fail-after' },
          { charged: false, answer: 201, resent: true, cause: 'answer lost' },
        ]);
      }
    });

    it('completes an event that needs no charge, without a request', async () => {
      const { event, group } = order({}, { type: 'order.cancelled' });
      await send(stack, { body: event, group }, { body: event, group, deduplicationId: unique('late') });
      expect(await outcomes(billing, group, 2)).toEqual(['applied', 'duplicate']);
      expect(await chargesOf(event)).toEqual([]);
    });
  });

  describe('notifications', () => {
    it('mails an order once, with its exact total', async () => {
      const { event, group, mailKey } = order({});
      event.data.orderId = `<${event.data.orderId}>`;
      event.data.total = 1234567890123.45;
      await send(stack, { body: event, group }, { body: event, group, deduplicationId: unique('late') });
      expect(await outcomes(notifications, group, 2)).toEqual(['applied', 'duplicate']);
      const mails = await mailsOf(mailKey);
      expect(mails).toMatchObject([
        { to: [`${group}@customers.test`], subject: `Your order ${event.data.orderId}` },
      ]);
      expect(mails[0]?.text).toContain('Total: 1234567890123.45 GBP');
      expect(mails[0]?.html).toContain(`order &lt;${event.subject}&gt;.`);
    });

    it('records an unknown outcome if the answer was lost, and never mails the order again', async () => {
      const { event, group, mailKey } = order({ mail: 'lost' });
      await send(stack, { body: event, group });
      expect(await outcomes(notifications, group, 1)).toEqual(['unknown']);
      await send(stack, { body: event, group, deduplicationId: unique('late') });
      expect(await outcomes(notifications, group, 2)).toEqual(['unknown', 'unknown']);
      expect(await mailsOf(mailKey)).toHaveLength(1);
      expect(await triesOf(mailKey)).toMatchObject([{ sent: true, fault: 'lost', answer: 'none' }]);
    });

    it('mails such an order twice under at-least-once', async () => {
      const { event, group, mailKey } = order({ mail: 'lost' });
      await send(mailingAgain, { body: event, group });
      expect(await outcomes(mailingAgain, group, 2)).toEqual(['failed', 'applied']);
      expect(
        await eventually(
          () => mailsOf(mailKey),
          ({ length }) => length >= 2,
        ),
      ).toHaveLength(2);
    });
  });
}
