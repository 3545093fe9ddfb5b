import { ConfigurationError } from '../../../contract/errors.ts';
import { partsOfArn } from '../../../operations/access/connect.ts';
import { consumerNamed } from '../../../operations/installation/find-installation.ts';
import { applyPlan, boundTo, checkBinding } from '../../../operations/letters/apply-plan.ts';
import { type Followed, followLetters } from '../../../operations/letters/follow.ts';
import { readPlan } from '../../../operations/letters/plan.ts';
import { wholeNumber } from '../../../system/arguments.ts';
import { onShutdown } from '../../../system/teardown.ts';
import { type AccessOptions, withInstallation } from '../../options/access.ts';
import { confirm } from '../../output/confirm.ts';
import { printJsonLines } from '../../output/json-lines.ts';
import { type Command, makeCommand } from '../command.ts';
import { takeWords } from '../words.ts';

interface ApplyOptions {
  readonly access: AccessOptions;
  readonly file: string;
  readonly yes: boolean;
  readonly waitSeconds: number;
}

const defaultWait = '60';

export const apply: Command = makeCommand<ApplyOptions>({
  call: 'dlq apply PLAN',
  help: 'send the letters of a plan, and say what became of each',
  says: `Sends the letters of a plan to the consumer's queue,
in the order of their groups, and deletes each once
its message is confirmed. Stop it anywhere and run it
again: nothing is lost or doubled. Exit code 1: not
all of them were applied.`,
  options: {
    yes: { value: '', help: 'do not ask' },
    wait: { value: 'SECONDS', help: 'how long to wait for the outcomes', default: defaultWait },
  },
  writes: true,
  examples: ['dlq apply fulfilment.plan', 'dlq apply fulfilment.plan --yes --wait 300'],
  read(line) {
    const [file] = takeWords('dlq apply', line.words, 'PLAN');
    return {
      access: line.access,
      file,
      yes: line.values.yes === true,
      waitSeconds: wholeNumber('wait', line.text('wait') ?? defaultWait, 0, 86_400),
    };
  },
  async act({ access, file, yes, waitSeconds }) {
    const plan = await readPlan(file);
    return await withInstallation(access, async (aws, installation) => {
      if (plan.stack !== installation.stack) {
        throw new ConfigurationError(`The plan is for the stack "${plan.stack}": give --stack ${plan.stack}`);
      }
      const described = consumerNamed(installation, plan.consumer);
      checkBinding(plan, await boundTo(aws, described));
      const question = `Send ${plan.letters} letters of the plan of ${plan.made} to ${plan.consumer}?`;
      if (!(await confirm(question, yes))) {
        process.stderr.write('Nothing was sent.\n');
        return true;
      }
      const say = (event: string, what: string, more: object = {}) => {
        if (access.json) printJsonLines([{ event, what, ...more }]);
        else process.stdout.write(`${what.padEnd(11)} ${event}${'why' in more ? `: ${more.why}` : ''}\n`);
      };
      const stopping = new AbortController();
      const stopped = new ConfigurationError('Stopped. Run it again to go on');
      const forget = onShutdown(async () => stopping.abort(stopped));
      const { sent, deferred, staying } = await applyPlan(
        aws,
        plan,
        (progress) => {
          const { eventId = progress.letter.letter } = progress.letter;
          say(eventId, progress.kind, progress.kind === 'stays' ? { why: progress.why } : {});
        },
        { signal: stopping.signal },
      ).finally(forget);
      const counts: Record<Followed['outcome'], number> = {
        applied: 0,
        'dead-letter': 0,
        unknown: 0,
        waiting: 0,
      };
      const waiting = await followLetters(
        aws.dynamoDb,
        partsOfArn(plan.records).name,
        plan.consumer,
        sent,
        waitSeconds * 1000,
        ({ letter, outcome, record }) => {
          counts[outcome] += 1;
          const why = outcome === 'applied' ? undefined : record?.lastError;
          say(letter.eventId ?? letter.letter, outcome, why === undefined ? {} : { why });
        },
      );
      counts.waiting = waiting.length;
      for (const { eventId, letter } of waiting) say(eventId ?? letter, 'waiting');
      process.stderr.write(
        `Sent ${sent.length}: ${counts.applied} applied, ${counts['dead-letter']} given up again, ${counts.unknown} unknown, ` +
          `${counts.waiting} waiting. ${deferred > 0 ? `Deferred ${deferred}. ` : ''}${staying.size} not sent.\n`,
      );
      return counts.applied === sent.length && staying.size === 0;
    });
  },
});
