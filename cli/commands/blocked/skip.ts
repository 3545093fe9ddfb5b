import { type Clock, systemClock } from '../../../contract/clock.ts';
import { blockerOf, skipBlocker } from '../../../operations/decisions/skip-group.ts';
import { CannotLookError } from '../../../operations/errors.ts';
import { consumerNamed } from '../../../operations/installation/find-installation.ts';
import { type AccessOptions, withInstallation } from '../../options/access.ts';
import { decisionOf, decisionOptions, readReason } from '../../options/decision.ts';
import { confirm } from '../../output/confirm.ts';
import { terminal } from '../../output/terminal.ts';
import { wrap } from '../../output/wrap.ts';
import { type Command, makeCommand } from '../command.ts';
import { takeWords } from '../words.ts';

interface SkipOptions {
  readonly access: AccessOptions;
  readonly consumer: string;
  readonly group: string;
  readonly reason: string;
  readonly yes: boolean;
  readonly wait: boolean;
}

/** Time between two looks, in ms. A blocked message is delivered again within about five minutes. */
const pollMs = 2000;
const clock: Clock = systemClock;

export const skip: Command = makeCommand<SkipOptions>({
  call: 'blocked skip CONSUMER GROUP',
  help: 'let a group go on without the message that blocks it',
  says: `At its next delivery, which comes within minutes, the
message goes to the dead-letter queue, unless it is
applied then. The group goes on behind it.`,
  options: { wait: { value: '', help: 'wait until the group goes on' }, ...decisionOptions },
  writes: true,
  examples: ["blocked skip billing customer-17 --reason 'refunded by hand'"],
  read(line) {
    const [consumer, group] = takeWords('blocked skip', line.words, 'CONSUMER', 'GROUP');
    const reason = readReason('blocked skip', line);
    return {
      access: line.access,
      consumer,
      group,
      reason,
      yes: line.values.yes === true,
      wait: line.values.wait === true,
    };
  },
  async act({ access, consumer, group, reason, yes, wait }) {
    return await withInstallation(access, async (aws, installation) => {
      const described = consumerNamed(installation, consumer);
      const blocker = await blockerOf(aws, described, group);
      if (blocker === undefined) {
        throw new CannotLookError(
          `Nothing blocks the group "${group}" of ${consumer}: npx order-once blocked ls lists what does`,
        );
      }
      const { eventId = blocker.id, lastError = 'its record does not say why' } = blocker;
      process.stdout.write(`${wrap(`${eventId} blocks "${group}": ${lastError}`, terminal().width)}\n`);
      if (!(await confirm('Skip it?', yes))) {
        process.stderr.write('Nothing was done.\n');
        return true;
      }
      await skipBlocker(aws, described, blocker, decisionOf('skipped', reason));
      if (!wait) {
        process.stderr.write('It is skipped at its next delivery, within minutes.\n');
        return true;
      }
      process.stderr.write('Waiting for its next delivery\n');
      while ((await blockerOf(aws, described, group))?.messageId === blocker.messageId)
        await clock.sleep(pollMs);
      process.stderr.write(`The group "${group}" goes on.\n`);
      return true;
    });
  },
});
