import { spawnSync } from 'node:child_process';
import { delimiter, dirname } from 'node:path';
import { ownEnvironment, withoutAws } from '../../system/environment.ts';

/** A step of the check that did not succeed, with everything that its program wrote. */
export class StepError extends Error {}

export interface StepOptions {
  readonly cwd: string;
  /** The Node that the program and its children run with. @default - the one of this process */
  readonly node?: string;
  /** Further variables of its environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs a program to its end, and prints one line once it succeeded.
 *
 * @param name What the line says.
 * @param command The program and its arguments; programs of npm are found by their names.
 * @throws StepError if the program fails.
 */
export function step(name: string, [program = '', ...args]: readonly string[], options: StepOptions): string {
  const { cwd, node = process.execPath } = options;
  const env = { ...environmentOf(node), ...options.env };
  const started = performance.now();
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, env, encoding: 'utf8' });
  if (status !== 0) {
    throw new StepError(
      `${name}: "${[program, ...args].join(' ')}" in ${cwd} failed (${error?.message ?? `exit code ${status}`}).\n${stdout}${stderr}`,
    );
  }
  passed(name, started);
  return stdout;
}

/** Prints one line for a step that succeeded. @param started When it started, in ms of `performance.now()`. */
export function passed(name: string, started: number): void {
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(`ok  ${name} (${seconds} s)\n`);
}

/** The environment of a step. @param node Path of the Node that its programs run with. */
export function environmentOf(node: string): NodeJS.ProcessEnv {
  const own = withoutAws(ownEnvironment());
  // npm hands the settings of `npm run` to its children, where they would count for the project in `cwd`.
  const inherited = Object.entries(own).filter(([key]) => !/^npm_|^NODE_OPTIONS$|^INIT_CWD$/i.test(key));
  return {
    ...Object.fromEntries(inherited),
    PATH: [dirname(node), own.PATH].join(delimiter),
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
}
