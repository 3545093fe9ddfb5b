import { consumerNamed } from '../../operations/installation/find-installation.ts';
import { switchMapping } from '../../operations/installation/switch-mapping.ts';
import { type AccessOptions, withInstallation } from '../options/access.ts';
import { confirm } from '../output/confirm.ts';
import { type Command, makeCommand } from './command.ts';
import { takeWords } from './words.ts';

interface SwitchOptions {
  readonly access: AccessOptions;
  readonly consumer: string;
  readonly yes: boolean;
}

export const pause = makeSwitch('pause', {
  help: 'stop deliveries to a consumer',
  says: `Turns off the event source mapping of a consumer, and
waits until Lambda has done it. Messages wait in the
queue, until it deletes them after its retention.`,
  question: (consumer) => `Stop deliveries to ${consumer}?`,
  done: 'is paused: its messages wait.',
  isOn: false,
});

export const resume = makeSwitch('resume', {
  help: 'start deliveries to a consumer again',
  says: `Turns on the event source mapping of a consumer, and
waits until Lambda has done it.`,
  question: (consumer) => `Start deliveries to ${consumer} again?`,
  done: 'gets messages again.',
  isOn: true,
});

function makeSwitch(
  name: string,
  {
    help,
    says,
    question,
    done,
    isOn,
  }: {
    readonly help: string;
    readonly says: string;
    readonly question: (consumer: string) => string;
    readonly done: string;
    readonly isOn: boolean;
  },
): Command {
  return makeCommand<SwitchOptions>({
    call: `${name} CONSUMER`,
    help,
    says,
    options: { yes: { value: '', help: 'do not ask' } },
    writes: true,
    examples: [`${name} billing`],
    read({ words, access, values }) {
      const [consumer] = takeWords(name, words, 'CONSUMER');
      return { access, consumer, yes: values.yes === true };
    },
    async act({ access, consumer, yes }) {
      return await withInstallation(access, async (aws, installation) => {
        const described = consumerNamed(installation, consumer);
        if (!(await confirm(question(consumer), yes))) {
          process.stderr.write('Nothing was done.\n');
          return true;
        }
        await switchMapping(aws, described, isOn);
        process.stderr.write(`${consumer} ${done}\n`);
        return true;
      });
    },
  });
}
