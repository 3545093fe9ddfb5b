import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Environment } from '../environment.ts';
import { ToolError } from '../errors.ts';

export interface Java {
  readonly executable: string;
  /** Folder of the runtime, as `JAVA_HOME` names it. */
  readonly home: string;
  /** Main version, for example 17. */
  readonly version: number;
}

/** Runs a program of the PATH. @returns What it wrote to both outputs; `undefined` if it is missing or fails. */
export type RunProgram = (program: string, ...args: string[]) => Promise<string | undefined>;

/** Runs programs in an environment. */
export function runIn(env: Environment): RunProgram {
  return async (program, ...args) => {
    try {
      const { stdout, stderr } = await promisify(execFile)(program, args, {
        env: { ...env },
        timeout: 60_000,
      });
      return stdout + stderr;
    } catch {
      return undefined;
    }
  };
}

/**
 * Returns the Java of `JAVA_HOME`, or else the one on the PATH.
 *
 * @param oldest The oldest main version that is new enough.
 * @throws ToolError that says which Java was found, and what to do.
 */
export async function findJava(run: RunProgram, env: Environment, oldest: number): Promise<Java> {
  const home = env.JAVA_HOME;
  const candidates = [...(home ? [join(home, 'bin', 'java')] : []), 'java'];
  const tooOld: string[] = [];
  for (const executable of candidates) {
    const java = parseJava(executable, await run(executable, '-XshowSettings:properties', '-version'));
    if (java === undefined) continue;
    if (java.version >= oldest) return java;
    tooOld.push(`${executable} is Java ${java.version}`);
  }
  const found = tooOld.length > 0 ? ` (${tooOld.join(', ')})` : '';
  throw new ToolError(
    `Java >= ${oldest} is neither in JAVA_HOME nor on the PATH${found}. Install it (Debian and Ubuntu: "apt install ` +
      'default-jre-headless").',
  );
}

function parseJava(executable: string, settings = ''): Java | undefined {
  const property = (name: string) =>
    settings
      .split('\n')
      .map((line) => line.trim())
      .find((line) => line.startsWith(`${name} = `))
      ?.slice(`${name} = `.length);
  const [home, version] = [property('java.home'), property('java.specification.version')];
  if (home === undefined || version === undefined) return undefined;
  // Java 8 calls itself 1.8.
  return { executable, home, version: Number(version.replace(/^1\./, '')) };
}

/** @throws ToolError if Maven is not on the PATH. */
export async function findMaven(run: RunProgram): Promise<void> {
  if ((await run('mvn', '-version')) !== undefined) return;
  throw new ToolError(
    'Maven ("mvn") is not on the PATH. Install it (Debian and Ubuntu: "apt install maven").',
  );
}
