import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Environment } from '../environment.ts';
import { ToolError } from '../errors.ts';

/** Versions of Python 3 that a tool runs on, by their minor number. */
export interface PythonVersions {
  /** The tool, as a sentence begins with it. */
  readonly tool: string;
  readonly oldest: number;
  /** @default - every newer version */
  readonly newest?: number;
}

/** MiniStack's versions. cfn-lint also runs on older ones. */
const defaultVersions: PythonVersions = { tool: 'The local emulator', oldest: 10 };

/** The newest version whose command is looked for. */
const newestKnown = 13;

/** The way out if a tool is missing. */
const dockerInstead = 'or start LocalStack in Docker instead, and set AWS_ENDPOINT_URL=http://localhost:4566';

export interface Python {
  /** Path of the interpreter itself. A shim on the PATH could choose another interpreter later. */
  readonly executable: string;
  readonly major: number;
  readonly minor: number;
  /** Whether it can create a virtual environment with pip. Debian has a separate package for that. */
  readonly venv: boolean;
}

/** Asks a command about its Python. `undefined` if there is no such command, or it is not a Python 3. */
export type Probe = (command: string) => Promise<Python | undefined>;

/**
 * Returns the first Python of this machine in which a tool can be installed.
 *
 * @param elsewhere Interpreters that are not on the PATH. They are tried last.
 * @throws ToolError if there is none. It names the versions that were found, and the possible fixes. Also on Windows, whose virtual
 *   environments and process groups differ.
 */
export async function findPython(
  probe: Probe,
  versions: PythonVersions = defaultVersions,
  elsewhere: readonly string[] = [],
): Promise<Python> {
  if (process.platform === 'win32')
    throw new ToolError(`${versions.tool} runs on Linux and macOS only: on Windows, use WSL.`);
  const found: Python[] = [];
  for (const command of [...commandsOf(versions), ...elsewhere]) {
    const python = await probe(command);
    if (python === undefined) continue;
    if (isSuitable(python, versions) && python.venv) return python;
    found.push(python);
  }
  const withoutVenv = found.find((python) => isSuitable(python, versions));
  if (withoutVenv !== undefined) {
    const { executable, major, minor } = withoutVenv;
    throw new ToolError(
      `${executable} (Python ${major}.${minor}) lacks the modules venv and ensurepip. Install them (Debian and ` +
        `Ubuntu: "apt install python${major}.${minor}-venv"), ${dockerInstead}.`,
    );
  }
  const wanted = versions.newest === undefined ? 'Python' : nameOf(versions);
  const unsuitable = found.map(({ executable, major, minor }) => `${executable} is ${major}.${minor}`);
  throw new ToolError(
    `${versions.tool} needs ${nameOf(versions)}, and there is none on the PATH` +
      `${unsuitable.length > 0 ? ` (${unsuitable.join(', ')})` : ''}. Install ${wanted}, ${dockerInstead}.`,
  );
}

/** Commands to try, in order: the user's default first, then the newest version. */
function commandsOf({ oldest, newest = newestKnown }: PythonVersions): string[] {
  const count = newest - oldest + 1;
  return ['python3', ...Array.from({ length: count }, (_, index) => `python3.${newest - index}`), 'python'];
}

function isSuitable({ major, minor }: Python, { oldest, newest }: PythonVersions): boolean {
  if (newest === undefined) return major > 3 || (major === 3 && minor >= oldest);
  return major === 3 && minor >= oldest && minor <= newest;
}

function nameOf({ oldest, newest }: PythonVersions): string {
  if (newest === undefined) return `Python >= 3.${oldest}`;
  return newest === oldest ? `Python 3.${oldest}` : `Python 3.${oldest} to 3.${newest}`;
}

/** The interpreters that pyenv has installed, newest first. Its commands on the PATH run only those that were chosen. */
export function pyenvPythons({ PYENV_ROOT, HOME = '' }: Environment): string[] {
  const folder = join(PYENV_ROOT || join(HOME, '.pyenv'), 'versions');
  try {
    const names = readdirSync(folder).sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
    return names.map((name) => join(folder, name, 'bin', 'python'));
  } catch {
    // There is no pyenv.
    return [];
  }
}

const aboutItself = `
import importlib.util, json, sys
venv = all(importlib.util.find_spec(name) for name in ("venv", "ensurepip"))
print(json.dumps(dict(executable=sys.executable, major=sys.version_info[0], minor=sys.version_info[1], venv=venv)))
`;

/** Runs the commands that are on the PATH of `env`. */
export function probePath(env: Environment): Probe {
  return async (command) => {
    try {
      const { stdout } = await promisify(execFile)(command, ['-I', '-c', aboutItself], {
        env: { ...env },
        timeout: 20_000,
      });
      return JSON.parse(stdout) as Python;
    } catch {
      // There is no such command, it is a shim without an interpreter, or it is Python 2.
      return undefined;
    }
  };
}
