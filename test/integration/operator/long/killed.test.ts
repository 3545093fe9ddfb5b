import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { seededRandom } from '../../../../lab/seeded-random.ts';
import { depth } from '../../../../local/queues/queue.ts';
import { connection, sqs } from '../../support.ts';
import { mend, sequencesOf, upTo } from '../../trouble.ts';
import { givenLetters } from '../given-letters.ts';
import { ended, run, start } from '../run-command.ts';

const { letters: stack } = connection.operated;

describe('a redrive', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'order-once-plan-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('applies each event once and in order, although it is killed again and again', async () => {
    const each = 8;
    const accounts = await givenLetters(stack, 10, each);
    await Promise.all(accounts.map((account) => mend(stack, account)));
    const plan = join(folder, 'killed.plan');
    expect(await run('dlq', 'plan', 'letters', '--out', plan)).toMatchObject({ code: 0 });
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
});
