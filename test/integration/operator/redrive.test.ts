import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { depth } from '../../../local/queues/queue.ts';
import { connection, sqs } from '../support.ts';
import { mend, sequencesOf } from '../trouble.ts';
import { givenLetters } from './given-letters.ts';
import { run } from './run-command.ts';

const { letters: stack } = connection.operated;

describe('redriving dead letters', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'order-once-plan-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('says what became of each letter, and which went back', async () => {
    const [good = '', bad = ''] = await givenLetters(stack, 2, 1);
    await mend(stack, good);
    const plan = join(folder, 'outcomes.plan');
    await run('dlq', 'plan', 'letters', '--out', plan);
    const { code, output, errors } = await run('dlq', 'apply', plan, '--yes', '--wait', '600');
    expect(output).toMatch(/^applied {5}\S+$/m);
    expect(output).toMatch(/^dead-letter \S+: not mended yet$/m);
    expect(errors).toContain('Sent 2: 1 applied, 1 given up again, 0 unknown, 0 waiting. 0 not sent.');
    expect(code).toBe(1);
    // The letter that went back is another one: the plan does not hold it.
    const again = await run('dlq', 'apply', plan, '--yes', '--wait', '0');
    expect(again.errors).toContain('Sent 0');
    await mend(stack, bad);
    const rest = join(folder, 'rest.plan');
    await run('dlq', 'plan', 'letters', '--out', rest);
    expect(await run('dlq', 'apply', rest, '--yes', '--wait', '600')).toMatchObject({ code: 0 });
  });

  it('redrives a letter behind others only with them, or once they are deferred', async () => {
    const [account = ''] = await givenLetters(stack, 1, 3);
    await mend(stack, account);
    const plan = join(folder, 'behind.plan');
    const last = ['dlq', 'plan', 'letters', '--subject', `${account}-3`, '--out', plan];
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
    const rest = join(folder, 'deferred.plan');
    expect(await run('dlq', 'plan', 'letters', '--group', account, '--out', rest)).toMatchObject({ code: 0 });
    expect(await run('dlq', 'apply', rest, '--yes', '--wait', '600')).toMatchObject({ code: 0 });
    expect(await sequencesOf(stack, account, 3)).toEqual([3, 1, 2]);
  });

  it('drops a letter for good, and its record says who did it and why', async () => {
    const [account = ''] = await givenLetters(stack, 1, 1);
    const drop = ['dlq', 'drop', 'letters', '--subject', `${account}-1`, '--reason', 'sent by mistake'];
    expect(await run(...drop)).toMatchObject({
      code: 2,
      errors: expect.stringContaining('Give --yes to go on'),
    });
    expect(await run(...drop, '--yes')).toMatchObject({ code: 0, errors: 'Deleted 1.\n' });
    expect(await depth(sqs, stack.deadLetterQueueUrl)).toBe(0);
    expect(await run('dlq', 'ls', 'letters')).toMatchObject({ code: 0 });
    expect((await run('explain', `${account}-1`)).output).toContain('decided "dropped"');
  });
});
