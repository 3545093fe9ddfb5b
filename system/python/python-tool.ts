import { createHash } from 'node:crypto';
import { access, constants, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { type Environment, ownEnvironment } from '../environment.ts';
import { ToolError } from '../errors.ts';
import { makeOwnFolder, removeFolder, stateFolder } from '../folders.ts';
import { type Command, pythonModule, runChild } from '../processes.ts';
import { onShutdown } from '../teardown.ts';
import { findPython, type Python, probePath } from './find-python.ts';

/**
 * The Python of a virtual environment in which the tool is installed, at the versions that requirements/
 * pins; the first call installs it. Run the tool as a module (`-m`, `-c`): the environment was made elsewhere and
 * moved, so the scripts in its bin/ point nowhere.
 *
 * @param tool A package on PyPI for which requirements/ has a file.
 * @param onStep Told what is being done, where that takes a while.
 * @throws ToolError where there is no Python for it, or it cannot be installed.
 */
export async function pythonTool(tool: string, onStep: (step: string) => void = () => {}): Promise<string> {
  const requirements = join(import.meta.dirname, 'requirements', `${tool}.txt`);
  const pins = await readFile(requirements, 'utf8');
  const env = ownEnvironment();
  const base = await findPython(probePath(env));
  const home = join(stateFolder, environmentName(tool, pins, base));
  const python = join(home, 'bin', 'python');
  if (!(await isThere(python))) {
    onStep(`Installing ${tool}`);
    await install({ base, tool, requirements, home, env });
  }
  return python;
}

/** Other pins or another Python, another folder: none is ever changed after it was made. */
export function environmentName(
  tool: string,
  pins: string,
  { major, minor }: Pick<Python, 'major' | 'minor'>,
): string {
  const version = pins
    .split('\n')
    .find((line) => line.startsWith(`${tool}==`))
    ?.slice(`${tool}==`.length);
  const hash = createHash('sha256').update(pins).digest('hex').slice(0, 8);
  return `${tool}-${version}-py${major}.${minor}-${hash}`;
}

interface Installation {
  readonly base: Python;
  readonly tool: string;
  readonly requirements: string;
  readonly home: string;
  readonly env: Environment;
}

/**
 * Two first runs may do this side by side, and each may be killed at any moment: the environment is made in a
 * folder of this process's own and moved to its place when it is complete.
 */
async function install({ base, tool, requirements, home, env }: Installation): Promise<void> {
  const folder = await makeOwnFolder('installs');
  const forget = onShutdown(() => removeFolder(folder));
  try {
    const made = join(folder, 'venv');
    const python = join(made, 'bin', 'python');
    await step(tool, pythonModule(base.executable, 'venv', made), env);
    await step(tool, pythonModule(python, 'pip', ...pipInstall, '--requirement', requirements), env);
    await moveTo(made, home);
  } finally {
    await removeFolder(folder);
    forget();
  }
}

/** Few retries: without a network the answer comes in seconds. */
const pipInstall = ['install', '--quiet', '--disable-pip-version-check', '--no-input', '--retries', '1'];

async function step(tool: string, command: Command, env: Environment): Promise<void> {
  const { code, output } = await runChild(command, { env });
  if (code === 0) return;
  throw new ToolError(
    `${tool} cannot be installed: ${lastLine(output)}. It comes from the Python package index that pip is ` +
      'configured for: is there a network?',
  );
}

export function lastLine(output: string): string {
  const lines = output.split('\n').map((line) => line.trim());
  return lines.findLast((line) => line !== '' && !line.startsWith('[notice]')) ?? 'it said nothing';
}

async function moveTo(made: string, home: string): Promise<void> {
  const python = join(home, 'bin', 'python');
  // An environment whose Python was uninstalled is of no use any more.
  if (!(await isThere(python))) await removeFolder(home);
  try {
    await rename(made, home);
  } catch (error) {
    // ENOTEMPTY, EEXIST: another run was faster, and what it made is the same.
    if (!(await isThere(python))) throw error;
  }
}

async function isThere(python: string): Promise<boolean> {
  return access(python, constants.X_OK).then(
    () => true,
    () => false,
  );
}
