import { OrderOnceError } from '../../contract/errors.ts';
import { truncate } from '../../contract/truncate.ts';
import { CannotLookError } from '../../operations/errors.ts';
import type { Options } from '../../system/arguments.ts';
import { command } from '../../system/command.ts';
import { type CommandLine, readCommandLine, usage } from '../options/access.ts';

/** A command of `npx order-once`. */
export interface Command {
  /** Its line in the list of commands. */
  readonly help: string;
  /** Runs it with its own arguments, and sets the exit code. */
  run(args: readonly string[]): Promise<void>;
}

export interface CommandOptions<Read extends object> {
  /** The command as it is called, `explain ORDER` for instance. */
  readonly call: string;
  readonly help: string;
  /** What it does, in a few short lines. */
  readonly says: string;
  /** Its own options, beside those of the access to AWS. */
  readonly options: Options;
  /** Without `npx order-once`. */
  readonly examples: readonly string[];
  /**
   * Whether it goes on if nobody reads its output any more, because it changes something.
   * @default false
   */
  readonly writes?: true;
  /** Reads its words and options. @throws ConfigurationError */
  read(line: CommandLine): Read;
  /** Returns whether it found nothing that needs a person: exit code 0, or 1. */
  act(options: Read): Promise<boolean>;
}

/** Makes a command from its parts. */
export function makeCommand<Read extends object>(parts: CommandOptions<Read>): Command {
  const name = parts.call.replace(/ [A-Z[-].*$/, '');
  const hint = `See npx order-once ${name} --help`;
  const text = usage(parts.call, parts.says, parts.options, parts.examples);
  return {
    help: parts.help,
    run: (args) => {
      if (parts.writes !== true) endWithReader();
      return command(
        args,
        (given) => {
          const line = readCommandLine(given, parts.options, hint);
          return line === 'help' ? 'help' : { read: parts.read(line), debug: line.values.debug === true };
        },
        text,
        ({ read, debug }) => (debug ? parts.act(read) : parts.act(read).catch(inOneLine)),
      );
    },
  };
}

/** Ends a command that only reads, once nobody reads its output (`| head -1`). */
function endWithReader(): void {
  const { stdout } = process;
  if (!stdout.listeners('error').includes(endOnClosedPipe)) stdout.on('error', endOnClosedPipe);
}

function endOnClosedPipe({ code }: NodeJS.ErrnoException): void {
  if (code === 'EPIPE') process.exit();
}

/** An error that no part of a command expects, in one line. */
function inOneLine(error: unknown): never {
  if (error instanceof OrderOnceError) throw error;
  const { name, message } = error as Error;
  throw new CannotLookError(`${name}: ${truncate(message.replace(/\s+/g, ' '), 300)} (--debug shows where)`, {
    cause: error,
  });
}
