import { anEvent } from '../../../testing/index.ts';
import { failure } from '../../support/dynamodb/answer.ts';
import { anOrder } from '../../support/orders.ts';
import { type RecordOptions, sqsRecord } from '../../support/sqs.ts';
import type { Trouble } from './aws-endpoint.ts';
import type { Deployment, Running } from './deployment.ts';

const second = 1000;
const day = 86_400 * second;

/** How far this process' clock is ahead of the system's, in ms. */
let ahead = 0;

/** Lets time pass for the functions, in ms. */
function pass(ms: number): void {
  ahead += ms;
}

/** Calls of `pass` count from here on. */
export function controlTime(): void {
  const now = Date.now;
  jest.spyOn(Date, 'now').mockImplementation(() => now() + ahead);
}

let messages = 0;

/** A message that SQS received now. */
function message(body: unknown, options: RecordOptions = {}) {
  messages += 1;
  return sqsRecord(body, {
    messageId: `m-${messages}`,
    sentAt: Date.now(),
    firstReceived: Date.now(),
    ...options,
  });
}

/** An order in a group of its own. */
const order = (id: string, total = 15.3, sequence = '5') =>
  anOrder({ subject: id, partitionkey: `account-${id}`, sequence }, { total });
const ofGroup = (id: string) => ({ group: `account-${id}` });

const invalid = failure('ValidationException', 'One or more parameter values were invalid');
const throttled = failure('ProvisionedThroughputExceededException', 'Too fast');
const json = (statusCode: number, body: object = {}): Trouble => ({ statusCode, body: JSON.stringify(body) });

/** Exactly-once: effects and record in one transaction. */
export async function runFulfilment(deployment: Deployment): Promise<void> {
  await deployment.run(
    'Fulfilment',
    () => import('../../../lambda/fulfilment.ts'),
    async ({ aws, deliver }) => {
      const first = order('1');
      // Two events of one group are one transaction.
      await deliver(
        message(first, ofGroup('1')),
        message(anOrder({ ...first, id: 'next', sequence: '6' }), ofGroup('1')),
      );
      await deliver(message(first, ofGroup('1')));
      await deliver(message(order('1', 99), ofGroup('1')));
      await deliver(message(anOrder({ ...first, id: 'late', sequence: '1' }), ofGroup('1')));
      await deliver(message('no event'));
      await deliver(message(order('old'), { sentAt: Date.now() - 50 * day }));
      aws.disturb('TransactWriteItems', throttled, throttled, throttled, 'lost');
      await deliver(message(order('2'), ofGroup('2')));
      // A message that may be ending its process runs after the others, which are deleted before.
      await deliver(
        message(order('3'), ofGroup('3')),
        message(order('4'), { ...ofGroup('4'), receiveCount: 3 }),
      );
      await giveUp({ aws, deliver }, 'TransactWriteItems', invalid, order('5'));
      pass(46 * day);
      await deliver(message(first, ofGroup('1')));
    },
  );
}

/** At-least-once, at a provider with idempotency keys. */
export async function runBilling(deployment: Deployment): Promise<void> {
  await deployment.run(
    'Billing',
    () => import('../../../lambda/billing.ts'),
    async ({ aws, deliver }) => {
      await deliver(message(order('1')));
      await deliver(message(order('1')));
      await deliver(message(order('1', 99)));
      aws.disturb('charge', json(402));
      await deliver(message(order('refused')));
      aws.disturb('charge', json(500), 'lost');
      await deliver(message(order('2')));
      await deliver(message(order('2')));
      await deliver(message(order('2'), { receiveCount: 3 }));
      // The provider forgets the key of a charge whose answer was lost.
      aws.disturb('charge', 'lost');
      await deliver(message(order('3')));
      pass(2 * day);
      await deliver(message(order('3')));
      await giveUp({ aws, deliver }, 'charge', json(500), order('4'));
      pass(46 * day);
      await deliver(message(order('1')));
      await deliver(message(order('old'), { sentAt: Date.now() - 50 * day }));
    },
  );
}

/** At-most-once: a mail whose answer is lost is never sent again. */
export async function runNotifications(deployment: Deployment): Promise<void> {
  await deployment.run(
    'Notifications',
    () => import('../../../lambda/notifications.ts'),
    async ({ aws, deliver }) => {
      await deliver(message(order('1')));
      await deliver(message(order('1')));
      aws.disturb('SendEmail', 'lost', 'lost', json(429, { __type: 'TooManyRequestsException' }));
      await deliver(message(order('2')));
      // Its body is too large for a record, so the dead-letter queue keeps it.
      const large = anOrder(
        { subject: '3' },
        { lines: [{ sku: 'x'.repeat(400_000), quantity: 1, unitPrice: 1 }] },
      );
      await deliver(message(large));
      await deliver(message(order('4')));
      await deliver(message(order('4'), { receiveCount: 3 }));
      await deliver(message('no event'));
    },
  );
}

/** Powertools' idempotency over the fenced layer, in front of the topic. */
export async function runIntake(deployment: Deployment): Promise<void> {
  const request = (key: string, total = 15.3) => ({
    headers: { 'idempotency-key': key },
    requestContext: { authorizer: { iam: { userId: 'AROAEXAMPLE:session' } } },
    body: JSON.stringify({ account: 'c-1', sequence: '1', order: { ...anOrder().data, total } }),
  });
  await deployment.run(
    'Intake',
    () => import('../../../lambda/intake.ts'),
    async ({ aws, post }) => {
      await post(request('key-1'));
      await post(request('key-1'));
      await post(request('key-1', 99));
      aws.disturb('PublishBatch', 'lost', 'lost');
      await post(request('key-2'));
      await post(request('key-2'));
      // Each claim is refused by a record that is gone when it is read.
      const refused = failure('ConditionalCheckFailedException', 'The conditional request failed');
      aws.disturb('UpdateItem', refused, refused, refused);
      await post(request('key-3'));
      pass(46 * day);
      await post(request('key-1'));
    },
  );
}

/** A consumer of the library: every kind of effect, and poison that blocks its group. */
export async function runBookings(deployment: Deployment): Promise<void> {
  const booking = (type: string, id: string) =>
    anEvent({ type, id, partitionkey: 'hall-1', data: { seat: 'A1' } });
  await deployment.run(
    'Bookings',
    () => import('./functions/every-effect.ts'),
    async ({ deliver }) => {
      await deliver(message(booking('seat.booked', '1')));
      await deliver(message(booking('seat.freed', '2')));
      await deliver(message(booking('seat.freed', '2')));
      await deliver(message(booking('seat.broken', '3')));
      await deliver(message('no event'));
      await deliver(
        message(booking('seat.booked', '4')),
        message(booking('seat.freed', '5'), { group: 'other', receiveCount: 3 }),
      );
    },
  );
}

/** Lets an event fail until the runtime gives it up. */
async function giveUp(
  { aws, deliver }: Pick<Running, 'aws' | 'deliver'>,
  operation: string,
  trouble: Trouble,
  event: object,
): Promise<void> {
  const options = { messageId: `given-up-${messages}`, group: 'given up', firstReceived: Date.now() };
  for (let receiveCount = 1; receiveCount <= 6; receiveCount++) {
    aws.disturb(operation, trouble);
    await deliver(message(event, { ...options, receiveCount }));
    pass(20 * second);
  }
}
