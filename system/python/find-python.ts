import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Environment } from '../environment.ts';
import { ToolError } from '../errors.ts';

/** The oldest Python for MiniStack. cfn-lint also runs on older ones. */
const oldest = { major: 3, minor: 10 };

/** Commands to try, in order: the user's default first, then the newest version. */
const candidates = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];

const otherWay =
  'or use LocalStack in Docker instead: "docker compose up -d" and AWS_ENDPOINT_URL=http://localhost:4566';

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
 * Returns the first Python of this machine in which the tools can be installed.
 * @throws ToolError if there is none. It names the versions that were found, and the possible fixes.
 */
export async function findPython(probe: Probe): Promise<Python> {
  const found: Python[] = [];
  for (const command of candidates) {
    const python = await probe(command);
    if (python === undefined) continue;
    if (isNewEnough(python) && python.venv) return python;
    found.push(python);
  }
  const withoutVenv = found.find(isNewEnough);
  if (withoutVenv !== undefined) {
    const { executable, major, minor } = withoutVenv;
    throw new ToolError(
      `${executable} (Python ${major}.${minor}) lacks the modules venv and ensurepip. Install them (Debian and ` +
        `Ubuntu: "apt install python${major}.${minor}-venv"), ${otherWay}.`,
    );
  }
  const tooOld = found.map(({ executable, major, minor }) => `${executable} is ${major}.${minor}`);
  throw new ToolError(
    `The local emulator needs Python >= ${oldest.major}.${oldest.minor}, and there is none on the PATH` +
      `${tooOld.length > 0 ? ` (${tooOld.join(', ')})` : ''}. Install Python, ${otherWay}.`,
  );
}

function isNewEnough({ major, minor }: Python): boolean {
  return major > oldest.major || (major === oldest.major && minor >= oldest.minor);
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
