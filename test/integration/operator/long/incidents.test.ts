import { idempotencyKey, sha256 } from '../../../../contract/event/identity.ts';
import type { OrderEvent } from '../../../../contract/orders/order-event.ts';
import { connection, unique } from '../../support.ts';
import { order, ordersOf, sendOrders } from '../../trouble.ts';
import { explained, isApplied, nextOf } from '../explained.ts';
import { run } from '../run-command.ts';

// Incidents that come up only after visibility timeouts and backoffs.

const { strict, once } = connection.operated;

it('a blocked group is skipped by the command that is shown, and goes on', async () => {
  const account = unique('account');
  const [first, second] = ordersOf(account, 2, { 1: 'refuse' }) as [OrderEvent, OrderEvent];
  await sendOrders(strict, [first, second]);
  const answer = await explained('blocked', 'strict', first.subject ?? '');
  expect(answer.code).toBe(1);
  expect((await run('blocked', 'ls')).output).toContain(account);
  const skip = nextOf(answer);
  expect(skip).toEqual(['blocked', 'skip', 'strict', account]);
  expect(await run(...skip, '--reason', 'refunded', '--yes', '--wait')).toMatchObject({ code: 0 });
  await explained('dead-letter', 'strict', first.subject ?? '');
  await isApplied('strict', second.subject ?? '');
});

it('an unknown outcome is decided by the commands that are shown', async () => {
  const event = order(unique('account'), 1, 'end');
  await sendOrders(once, [event]);
  const answer = await explained('unknown', 'once', event.subject ?? '');
  const shown = await run(...nextOf(answer));
  const key = idempotencyKey('once', event);
  expect(shown.output).toContain(`record: ${key}`);
  expect(shown.output).toContain(sha256(key));
  const done = ['unknown', 'resolve', key, '--done', '--reason', 'found it', '--yes'];
  expect(await run(...done)).toMatchObject({ code: 0 });
  await isApplied('once', event.subject ?? '');
  expect((await run('explain', event.subject ?? '', '--consumer', 'once')).output).toContain('found it');
  // A second decision finds nothing to decide.
  expect(await run(...done)).toMatchObject({
    code: 2,
    errors: expect.stringContaining('is COMPLETED, not unknown'),
  });
});

it('an event that ends its process is a suspect', async () => {
  const event = order(unique('account'), 1, 'end');
  await sendOrders(strict, [event]);
  await explained('suspect', 'strict', event.subject ?? '');
});
