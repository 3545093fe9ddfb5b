import { ConfigurationError } from '../../../contract/errors.ts';
import { resolveOutcome } from '../../../operations/decisions/resolve-outcome.ts';
import { type AccessOptions, withInstallation } from '../../options/access.ts';
import { decisionOf, decisionOptions, readReason } from '../../options/decision.ts';
import { confirm } from '../../output/confirm.ts';
import { terminal } from '../../output/terminal.ts';
import { type Command, makeCommand } from '../command.ts';
import { takeWords } from '../words.ts';
import { findUnknown } from './find-unknown.ts';
import { formatUnknown } from './show.ts';

/** What each option decides, and what is asked before. */
const ways = {
  done: {
    what: 'done',
    question: 'Complete this record, because its effect happened?',
    says: 'The record is completed.',
  },
  retry: {
    what: 'retry',
    question: 'Send this event again, although its effect may have happened?',
    says: 'The event was sent again, to this consumer alone.',
  },
  abandon: {
    what: 'abandoned',
    question: 'Complete this record without its effect?',
    says: 'The record is completed without its effect.',
  },
} as const;

type Way = keyof typeof ways;

interface ResolveOptions {
  readonly access: AccessOptions;
  readonly key: string;
  readonly way: Way;
  readonly reason: string;
  readonly yes: boolean;
}

export const resolve: Command = makeCommand<ResolveOptions>({
  call: 'unknown resolve RECORD',
  help: 'decide an unknown outcome',
  says: `Decides whether an effect happened. It refuses if the
record has changed since it was shown. Who did it,
when and why stays in the record.`,
  options: {
    done: { value: '', help: 'the effect happened' },
    retry: { value: '', help: 'it did not, or may happen twice: send the event again' },
    abandon: { value: '', help: 'nobody wants it any more' },
    ...decisionOptions,
  },
  writes: true,
  examples: ["unknown resolve 'billing#/shop#7f0c1d' --done --reason 'charge ch_81 found'"],
  read(line) {
    const [key] = takeWords('unknown resolve', line.words, 'RECORD');
    const chosen = (Object.keys(ways) as Way[]).filter((way) => line.values[way] === true);
    const [way] = chosen;
    if (way === undefined || chosen.length > 1) {
      throw new ConfigurationError('unknown resolve takes one of --done, --retry and --abandon');
    }
    const reason = readReason('unknown resolve', line);
    return {
      access: line.access,
      key,
      way,
      reason,
      yes: line.values.yes === true,
    };
  },
  async act({ access, key, way, reason, yes }) {
    const { what, question, says } = ways[way];
    return await withInstallation(access, async (aws, installation) => {
      const { consumer, record: seen } = await findUnknown(aws, installation, key);
      process.stdout.write(`${formatUnknown(seen, terminal(process.stdout, access.all))}\n\n`);
      if (!(await confirm(question, yes))) {
        process.stderr.write('Nothing was done.\n');
        return true;
      }
      await resolveOutcome(aws, { consumer, seen, decision: decisionOf(what, reason) });
      process.stderr.write(`${says}\n`);
      return true;
    });
  },
});
