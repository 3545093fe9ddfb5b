import { ConfigurationError } from '../../contract/errors.ts';
import { truncate } from '../../contract/truncate.ts';
import { command } from '../../system/command.ts';
import type { Command } from './command.ts';

/** A command whose first word names one of several: `dlq ls`. */
export function commandGroup(
  name: string,
  help: string,
  commands: Readonly<Record<string, Command>>,
): Command {
  const widest = Math.max(...Object.keys(commands).map(({ length }) => length));
  const usage = [
    `npx order-once ${name} COMMAND [options]`,
    '',
    ...Object.entries(commands).map(([word, one]) => `  ${word.padEnd(widest)}  ${one.help}`),
    '',
    `npx order-once ${name} COMMAND --help`,
  ].join('\n');
  return {
    help,
    async run([word = '--help', ...args]) {
      const chosen = Object.hasOwn(commands, word) ? commands[word] : undefined;
      if (chosen !== undefined) return await chosen.run(args);
      await command(
        [word],
        () => {
          if (['--help', '-h', 'help'].includes(word)) return 'help';
          throw new ConfigurationError(
            `There is no "${name} ${truncate(word)}": it takes ${Object.keys(commands).join(', ')}. See npx order-once ${name} --help`,
          );
        },
        usage,
        async () => true,
      );
    },
  };
}
