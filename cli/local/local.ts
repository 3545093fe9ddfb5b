import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { cwd } from 'node:process';
import { checkProject } from '../../local/project/check-project.ts';
import { deployProject } from '../../local/project/deploy-project.ts';
import { checkWritable } from '../../system/check-writable.ts';
import { ownEnvironment } from '../../system/environment.ts';
import { onShutdown } from '../../system/teardown.ts';
import type { LocalOptions } from './options.ts';
import { formatReport } from './report.ts';

/**
 * Deploys the app of the working directory, and stays until Ctrl-C.
 *
 * @returns Never, unless the emulator ends or the deployment fails: then it throws. Ctrl-C ends the process.
 */
export async function local({ outputs: file, ...options }: LocalOptions): Promise<boolean> {
  const begun = performance.now();
  const project = { ...options, folder: cwd() };
  // Before the steps begin, so that a wrong call ends at once.
  checkProject(project);
  if (file !== undefined) await checkWritable(file, 'outputs');
  const { endpoint, outputs } = await deployProject(project, say);
  if (file !== undefined) await writeFile(resolve(file), `${JSON.stringify(outputs, null, 2)}\n`);
  const forget = onShutdown(async () => {
    say('\nStopping');
    if (!endpoint.started) say(`The stack stays at ${endpoint.url}`);
  });
  const seconds = Math.round((performance.now() - begun) / 1000);
  process.stdout.write(`\n${formatReport(outputs, endpoint.environment, ownEnvironment())}\n`);
  // An emulator does not take the runtime of the template.
  say(
    `Functions run on ${endpoint.started ? `this Node, ${process.versions.node}` : "the endpoint's own Node"}.`,
  );
  say(`Up after ${seconds} s. Ctrl-C stops it.`);
  // Nothing else keeps this process running.
  const awake = setInterval(() => {}, 2 ** 30);
  return await endpoint.died.finally(() => {
    clearInterval(awake);
    forget();
  });
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
