import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Environment } from '../environment.ts';
import { ToolError } from '../errors.ts';

/** MiniStack's own limit; cfn-lint's is lower. */
const oldest = { major: 3, minor: 10 };

/** The user's own choice first, then the newest. */
const candidates = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];

const otherWay =
  'or use LocalStack in Docker instead: "docker compose up -d" and AWS_ENDPOINT_URL=http://localhost:4566';

export interface Python {
  /** The interpreter itself, not a shim that may choose another one later. */
  readonly executable: string;
  readonly major: number;
  readonly minor: number;
  /** Whether it can make a virtual environment with pip in it; Debian packs that apart. */
  readonly venv: boolean;
}

/** What a command says of itself; nothing where there is no such command, or no Python behind it. */
export type Probe = (command: string) => Promise<Python | undefined>;

/**
 * The first Python of this machine that can hold the tools.
 * @throws ToolError that names what was found and the ways out.
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

/** Asks the commands on the PATH of `env`. */
export function probePath(env: Environment): Probe {
  return async (command) => {
    try {
      const { stdout } = await promisify(execFile)(command, ['-I', '-c', aboutItself], {
        env: { ...env },
        timeout: 20_000,
      });
      return JSON.parse(stdout) as Python;
    } catch {
      // No such command, a shim with nothing behind it, or Python 2: no candidate in either case.
      return undefined;
    }
  };
}
