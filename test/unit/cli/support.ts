import { runCommand } from '../../../cli/run-command.ts';

export interface Ran {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

/** Runs `npx order-once` with some arguments in this process. */
export async function run(...args: readonly string[]): Promise<Ran> {
  const written = { output: '', errors: '' };
  const capture = (stream: NodeJS.WriteStream, name: keyof typeof written) =>
    jest.spyOn(stream, 'write').mockImplementation((text) => {
      written[name] += text;
      return true;
    });
  const spies = [capture(process.stdout, 'output'), capture(process.stderr, 'errors')];
  try {
    await runCommand(args);
    return { code: Number(process.exitCode ?? 0), ...written };
  } finally {
    process.exitCode = undefined;
    for (const spy of spies) spy.mockRestore();
  }
}
