import type { Context } from 'aws-lambda';
import { handler as billing } from '../../../lambda/billing.ts';
import { handler as fulfilment } from '../../../lambda/fulfilment.ts';
import { handler as intake } from '../../../lambda/intake.ts';
import { handler as notifications } from '../../../lambda/notifications.ts';
import { atFirstInvocation } from '../../../lambda/start/at-first-invocation.ts';
import { anOrder } from '../../support/orders.ts';
import { remaining, sqsEvent, sqsRecord } from '../../support/sqs.ts';

const context = remaining() as Context;
const batch = sqsEvent(sqsRecord(anOrder()));

it.each([
  ['fulfilment', () => fulfilment(batch, context), 'ORDER_ONCE_CONSUMER'],
  ['billing', () => billing(batch, context), 'PAYMENT_KEY_RETENTION_SECONDS'],
  ['notifications', () => notifications(batch, context), 'MAIL_FROM'],
  ['intake', () => intake({ requestContext: {} }, context), 'TOPIC_ARN'],
])('%s can be imported without settings, and names a missing one at its first invocation', async (_, invoke, variable) => {
  await expect(invoke()).rejects.toThrow(variable);
});

it('a handler is made once, and again only if that failed', async () => {
  const make = jest
    .fn()
    .mockImplementationOnce(() => {
      throw new Error('not set');
    })
    .mockImplementation(() => async (event: string) => `${event}!`);
  const handler = atFirstInvocation<[string], string>(make);
  await expect(handler('a')).rejects.toThrow('not set');
  await expect(handler('b')).resolves.toBe('b!');
  await expect(handler('c')).resolves.toBe('c!');
  expect(make).toHaveBeenCalledTimes(2);
});
