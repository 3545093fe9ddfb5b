import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { seededRandom } from '../../../lab/seeded-random.ts';
import { depth } from '../../../local/queues/queue.ts';
import { connection, eventually, sqs, unique } from '../support.ts';
import { mend, ordersOf, sendOrders, sequencesOf, upTo } from '../trouble.ts';
import { ended, run, start } from './run-command.ts';

const { orders: stack } = connection.operated;

describe('redriving dead letters', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'order-once-plan-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** Has all orders of some accounts refused. @returns The accounts. */
  async function givenLetters(accounts: number, each: number): Promise<string[]> {
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

  it('applies each event once and in order, although it is killed again and again', async () => {
    const each = 8;
    const accounts = await givenLetters(10, each);
    await Promise.all(accounts.map((account) => mend(stack, account)));
    const plan = join(folder, 'killed.plan');
    expect(await run('dlq', 'plan', 'orders', '--out', plan)).toMatchObject({ code: 0 });
    // WHEN the redrive is killed at any moment after it has sent something, and run again
    for (let kills = 0; kills < 5; kills++) {
      const child = start('dlq', 'apply', plan, '--yes', '--wait', '0');
      const said = new Promise((resolve) => child.stdout?.once('data', resolve));
      const over = ended(child);
      await Promise.race([said, over]);
      await delay(seededRandom(7, 'kill', kills) * 200);
      child.kill('SIGKILL');
      await over;
    }
    const last = await run('dlq', 'apply', plan, '--yes', '--wait', '0');
    // THEN nothing is left, lost, doubled or out of order
    expect(await depth(sqs, stack.deadLetterQueueUrl)).toBe(0);
    for (const account of accounts) expect(await sequencesOf(stack, account, each)).toEqual(upTo(each));
    expect(last.errors).toContain('not sent');
  });

  it('says what became of each letter, and which went back', async () => {
    const [good = '', bad = ''] = await givenLetters(2, 1);
    await mend(stack, good);
    const plan = join(folder, 'outcomes.plan');
    await run('dlq', 'plan', 'orders', '--out', plan);
    const { code, output, errors } = await run('dlq', 'apply', plan, '--yes', '--wait', '600');
    expect(output).toMatch(/^applied {5}\S+$/m);
    expect(output).toMatch(/^dead-letter \S+: not mended yet$/m);
    expect(errors).toContain('Sent 2: 1 applied, 1 given up again, 0 unknown, 0 waiting. 0 not sent.');
    expect(code).toBe(1);
    // The letter that went back is another one: the plan does not hold it.
    const again = await run('dlq', 'apply', plan, '--yes', '--wait', '0');
    expect(again.errors).toContain('Sent 0');
    await mend(stack, bad);
    await run('dlq', 'plan', 'orders', '--out', plan);
    expect(await run('dlq', 'apply', plan, '--yes', '--wait', '600')).toMatchObject({ code: 0 });
  });

  it('redrives a letter behind others only with them, or once they are deferred', async () => {
    const [account = ''] = await givenLetters(1, 3);
    await mend(stack, account);
    const plan = join(folder, 'behind.plan');
    const last = ['dlq', 'plan', 'orders', '--subject', `${account}-3`, '--out', plan];
    const refused = await run(...last);
    expect(refused).toMatchObject({
      code: 2,
      errors: expect.stringContaining('These 2 letters stand before'),
    });
    // WHEN the others are deferred
    expect(await run(...last, '--defer-predecessors')).toMatchObject({ code: 0 });
    expect((await run('dlq', 'apply', plan, '--yes', '--wait', '600')).errors).toContain('Deferred 2');
    expect(await sequencesOf(stack, account, 1)).toEqual([3]);
    // THEN they can be redriven after it, in their order
    await run('dlq', 'plan', 'orders', '--group', account, '--out', plan);
    expect(await run('dlq', 'apply', plan, '--yes', '--wait', '600')).toMatchObject({ code: 0 });
    expect(await sequencesOf(stack, account, 3)).toEqual([3, 1, 2]);
  });

  it('drops a letter for good, and its record says who did it and why', async () => {
    const [account = ''] = await givenLetters(1, 1);
    const drop = ['dlq', 'drop', 'orders', '--subject', `${account}-1`, '--reason', 'sent by mistake'];
    expect(await run(...drop)).toMatchObject({
      code: 2,
      errors: expect.stringContaining('Give --yes to go on'),
    });
    expect(await run(...drop, '--yes')).toMatchObject({ code: 0, errors: 'Deleted 1.\n' });
    expect(await depth(sqs, stack.deadLetterQueueUrl)).toBe(0);
    expect(await run('dlq', 'ls', 'orders')).toMatchObject({ code: 0 });
    expect((await run('explain', `${account}-1`)).output).toContain('decided "dropped"');
  });
});
