import { sha256 } from '../../../contract/event/identity.ts';
import { forgottenIn } from '../../../operations/decisions/decision.ts';
import { commandOf } from '../../../operations/explain/next-command.ts';
import type { SeenRecord } from '../../../operations/records/record.ts';
import { type AccessOptions, withInstallation } from '../../options/access.ts';
import { callOf } from '../../output/call.ts';
import { printJsonLines } from '../../output/json-lines.ts';
import { type Terminal, terminal } from '../../output/terminal.ts';
import { wrap } from '../../output/wrap.ts';
import { type Command, makeCommand } from '../command.ts';
import { takeWords } from '../words.ts';
import { findUnknown } from './find-unknown.ts';

interface ShowOptions {
  readonly access: AccessOptions;
  readonly key: string;
}

export const show: Command = makeCommand<ShowOptions>({
  call: 'unknown show RECORD',
  help: 'what to look for in the other system',
  says: 'Shows an unknown outcome, and how to decide it.',
  options: {},
  examples: ["unknown show 'billing#/shop#7f0c1d'"],
  read({ words, access }) {
    const [key] = takeWords('unknown show', words, 'RECORD');
    return { access, key };
  },
  async act({ access, key }) {
    return await withInstallation(access, async (aws, installation) => {
      const { record } = await findUnknown(aws, installation, key);
      const shown = terminal(process.stdout, access.all);
      if (access.json) printJsonLines([record]);
      else {
        const resolve = (how: string) =>
          callOf(`${commandOf('unknown', 'resolve', key)} ${how} --reason TEXT`, access);
        process.stdout.write(
          [
            formatUnknown(record, shown),
            '',
            'If it happened:',
            resolve('--done'),
            'If it did not, or may happen twice:',
            resolve('--retry'),
            'If nobody wants it any more:',
            resolve('--abandon'),
            '',
          ].join('\n'),
        );
      }
      return false;
    });
  },
});

/** What a person needs to find the effect in another system. */
export function formatUnknown(record: SeenRecord, { width, colors }: Terminal): string {
  const rows: readonly (readonly [name: string, value: string | undefined])[] = [
    ['why', record.lastError],
    ['record', record.id],
    // What handlers send to other systems: `idempotencyKey` of their context.
    ['idempotency key', sha256(record.id)],
    ['event', `${record.eventId} of ${record.source}`],
    ['subject', record.subject],
    ['group', record.messageGroup],
    [
      'first attempt',
      record.firstAttemptAt === undefined ? undefined : new Date(record.firstAttemptAt).toISOString(),
    ],
    [
      'unknown since',
      record.attentionAt === undefined ? undefined : new Date(record.attentionAt).toISOString(),
    ],
    ['attempt', record.ownerToken],
    ['body', whereabouts(record)],
  ];
  const lines = rows.flatMap(([name, value]) =>
    value === undefined ? [] : [wrap(`${name}: ${value}`, width, '  ')],
  );
  return [colors.bold(`${record.consumer}: ${record.eventId ?? record.id}`), ...lines].join('\n');
}

/** Where the body is, if it is not in the record. */
function whereabouts(record: SeenRecord): string | undefined {
  const forgotten = forgottenIn(record);
  if (forgotten !== undefined) {
    const { at, by, why } = forgotten;
    return `removed at ${at} by ${by} (${why}), so --retry cannot send it`;
  }
  return record.bodySha256 === undefined
    ? undefined
    : 'in the dead-letter queue (BODY_KEPT), from which --retry takes it';
}
