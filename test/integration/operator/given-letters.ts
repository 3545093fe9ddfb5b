import { depth } from '../../../local/queues/queue.ts';
import type { Deployed } from '../deployment/connection.ts';
import { eventually, sqs, unique } from '../support.ts';
import { ordersOf, sendOrders, upTo } from '../trouble.ts';

/** Has all orders of some accounts refused. @returns The accounts. */
export async function givenLetters(stack: Deployed, accounts: number, each: number): Promise<string[]> {
  const before = await depth(sqs, stack.deadLetterQueueUrl);
  const names = Array.from({ length: accounts }, () => unique('account'));
  const refuse = Object.fromEntries(upTo(each).map((n) => [n, 'refuse-until-mended']));
  await Promise.all(names.map((name) => sendOrders(stack, ordersOf(name, each, refuse))));
  const there = before + accounts * each;
  const found = await eventually(
    () => depth(sqs, stack.deadLetterQueueUrl),
    (letters) => letters >= there,
  );
  expect(found).toBe(there);
  return names;
}
