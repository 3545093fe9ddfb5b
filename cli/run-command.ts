import { ConfigurationError } from '../contract/errors.ts';
import { truncate } from '../contract/truncate.ts';
import { version } from '../contract/version.ts';
import { command } from '../system/command.ts';
import { blocked } from './commands/blocked/index.ts';
import type { Command } from './commands/command.ts';
import { dlq } from './commands/dlq/index.ts';
import { doctor } from './commands/doctor.ts';
import { erase } from './commands/erase.ts';
import { explain } from './commands/explain.ts';
import { publish } from './commands/publish.ts';
import { status } from './commands/status.ts';
import { pause, resume } from './commands/switch.ts';
import { unknown } from './commands/unknown/index.ts';
import { verify } from './commands/verify.ts';
import { local } from './local/local.ts';
import { usage as localUsage, readLocalOptions } from './local/options.ts';

const commands: Readonly<Record<string, Command>> = {
  status,
  explain,
  dlq,
  unknown,
  blocked,
  pause,
  resume,
  publish,
  verify,
  erase,
  doctor,
  local: {
    help: 'run your CDK app on this machine',
    run: (args) => command(args, readLocalOptions, localUsage, local),
  },
};

const widest = Math.max(...Object.keys(commands).map(({ length }) => length));

const usage = [
  'npx order-once COMMAND [options]',
  '',
  ...Object.entries(commands).map(([name, { help }]) => `  ${name.padEnd(widest)}  ${help}`),
  '',
  'npx order-once COMMAND --help',
  'npx order-once --version',
].join('\n');

/** Runs the command that the first argument names, and sets the exit code: 2 if there is no such command. */
export async function runCommand([name = '--help', ...args]: readonly string[]): Promise<void> {
  const chosen = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (chosen !== undefined) return await chosen.run(args);
  await command(
    [name],
    ([first = '']) => readGeneral(first),
    usage,
    async (text) => {
      process.stdout.write(text.text);
      return true;
    },
  );
}

function readGeneral(name: string): 'help' | { readonly text: string } {
  if (['--help', '-h', 'help'].includes(name)) return 'help';
  if (name === '--version') return { text: `${version}\n` };
  const kind = name.startsWith('-') ? 'option' : 'command';
  throw new ConfigurationError(
    `There is no ${kind} "${truncate(name)}": the commands are ${Object.keys(commands).join(', ')}. ` +
      'See npx order-once --help',
  );
}
