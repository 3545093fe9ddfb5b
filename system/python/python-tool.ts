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
 * Returns the path of a Python in whose virtual environment the tool is installed, at the pinned versions of
 * requirements/. The first call installs it. Run the tool as a module (`-m`, `-c`): its scripts in bin/ do not work,
 * because the environment was moved after the installation.
 *
 * @param tool A package on PyPI for which requirements/ has a file.
 * @param onStep Called with the name of a step that takes a while.
 * @throws ToolError if there is no suitable Python, or the tool cannot be installed.
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

/**
 * Name of a tool's environment. It contains the pins and the Python version, so an existing environment never changes.
 *
 * @param pins Content of the file in requirements/.
 */
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
 * Creates the environment in a folder of this process, and moves it to its place when it is complete. So two processes
 * can install the same tool at once, and a killed process leaves no incomplete environment.
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

/** Only one retry, so that without a network pip fails within seconds. */
const pipInstall = ['install', '--quiet', '--disable-pip-version-check', '--no-input', '--retries', '1'];

async function step(tool: string, command: Command, env: Environment): Promise<void> {
  const { code, output } = await runChild(command, { env });
  if (code === 0) return;
  throw new ToolError(
    `${tool} cannot be installed: ${lastLine(output)}. pip downloads it from the package index that it is configured ` +
      'for: check the network',
  );
}

export function lastLine(output: string): string {
  const lines = output.split('\n').map((line) => line.trim());
  return lines.findLast((line) => line !== '' && !line.startsWith('[notice]')) ?? 'it printed nothing';
}

async function moveTo(made: string, home: string): Promise<void> {
  const python = join(home, 'bin', 'python');
  // Without its interpreter, an older environment is broken: the Python that it was created from was uninstalled.
  if (!(await isThere(python))) await removeFolder(home);
  try {
    await rename(made, home);
  } catch (error) {
    // ENOTEMPTY or EEXIST: another process has installed the same environment meanwhile.
    if (!(await isThere(python))) throw error;
  }
}

async function isThere(python: string): Promise<boolean> {
  return access(python, constants.X_OK).then(
    () => true,
    () => false,
  );
}
