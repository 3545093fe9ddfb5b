import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OrderOnceError } from '../../contract/errors.ts';
import { deploy, destroy } from '../../local/deployment/deploy.ts';
import { restoreTopicAttributes } from '../../local/deployment/restore-topic-attributes.ts';
import { type Ability, abilities } from '../../local/endpoint/abilities.ts';
import { type Endpoint, lacksOf, openEndpoint } from '../../local/endpoint/endpoint.ts';
import { checkWritable } from '../../system/check-writable.ts';
import { repository } from '../../system/folders.ts';
import { isStopping, onShutdown, stopAll, stopOnSignals } from '../../system/teardown.ts';
import { openSandbox, type Sandbox } from '../faults/sandbox.ts';
import type { StackOutputs } from '../target/consumers.ts';
import { writeSettings } from '../target/stage-settings.ts';
import { openEvents } from '../workload/events.ts';
import { inspectHint } from './inspect-hint.ts';
import { readOptions, type StartOptions, usage } from './options.ts';
import { run } from './run.ts';
import type { RunReport } from './run-report.ts';
import { formatReport } from './summary.ts';

const samples = join(repository, 'samples', 'online-retail-5000.ndjson.gz');

/**
 * Timeout of the functions in runs with faults, in seconds. The message of a dead function is hidden for six times as long. All
 * other runs have the timeouts of production.
 */
const faultyTimeout = 5;

/** Abilities whose lack changes what a run shows, or how long it takes. */
const shownAbilities: readonly Ability[] = [
  'httpApis',
  'sesV2',
  'exactBodies',
  'wholeBatches',
  'independentGroups',
];

stopOnSignals();
try {
  const options = readOptions(process.argv.slice(2), samples);
  if (options === 'help') process.stdout.write(`${usage}\n`);
  else process.exitCode = (await start(options)) ? 0 : 1;
} catch (error) {
  // During a shutdown, other errors are its consequence.
  if (!isStopping()) process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 2;
} finally {
  await stopAll();
}

/** @returns Whether the run found no problem. */
async function start(options: StartOptions): Promise<boolean> {
  const seconds = { setup: 0, deploy: 0, publish: 0, drain: 0, verify: 0 };
  const timed = async <T>(step: keyof typeof seconds, work: () => Promise<T>): Promise<T> => {
    const begun = performance.now();
    try {
      return await work();
    } finally {
      seconds[step] += (performance.now() - begun) / 1000;
    }
  };
  const say = (text: string) => process.stderr.write(`${text}\n`);

  if (options.json !== undefined) await checkWritable(options.json);
  const events = await timed('setup', () => openEvents(options.events, options.limit));
  const endpoint = await timed('setup', () => openEndpoint(options.emulator, say));
  const lacks = await timed('setup', () => lacksOf(endpoint));
  const { title = endpoint.url } = endpoint.emulator ?? {};
  for (const ability of shownAbilities.filter((one) => lacks.has(one)))
    say(`${title} ${abilities[ability].without}`);
  // An existing endpoint may contain an earlier run's stack. A new stack name shares nothing with it.
  const stage = endpoint.started ? 'local' : `run-${Date.now().toString(36)}`;
  const stackName = `OrderOnce-${stage}`;
  // Three consumers make at least five requests per event, so the outage starts when a part of the work is done.
  const outageAfter = events.lines.length;
  const { pages } = endpoint.emulator ?? {};
  const sandbox = await openSandbox({ ...endpoint, pages }, { ...options, stackName, outageAfter });
  const work = async () => {
    const stack = await timed('deploy', () => deployOrders(endpoint, stage, sandbox, say));
    say(`Publishing: ${events.lines.length} orders`);
    const { clientConfig } = endpoint;
    const result = await run({
      clientConfig,
      stack,
      events,
      plan: { ...options, exactBodies: !lacks.has('exactBodies') },
      outageSeconds: options.outage,
      sandbox,
      timed,
    });
    await sandbox.close();
    return { stack, result };
  };
  const left = `Stack ${stackName} was left behind. Remove it: aws cloudformation delete-stack --stack-name ${stackName} --endpoint-url ${endpoint.url}`;
  const forget = endpoint.started
    ? () => {}
    : onShutdown(async () => {
        say(left);
      });
  const { stack, result } = await Promise.race([work(), endpoint.died]).catch(async (error) => {
    forget();
    if (!endpoint.started) await destroy(endpoint, repository, [stackName]).catch(() => say(left));
    throw error;
  });
  const { seed, events: _, keep, json, ...chosen } = options;
  const report: RunReport = { seed, options: chosen, ...result, seconds };
  process.stdout.write(formatReport(report));
  if (json !== undefined) await writeFile(json, `${JSON.stringify(report, null, 2)}\n`);
  if (keep) process.stdout.write(inspectHint(endpoint, stack, await endpoint.keep()));
  else {
    if (!endpoint.started) await destroy(endpoint, repository, [stackName]);
    await endpoint.stop();
  }
  forget();
  return report.verified.problems.length === 0;
}

/** @param stage Names the stack `OrderOnce-<stage>`. */
async function deployOrders(
  endpoint: Endpoint,
  stage: string,
  sandbox: Sandbox,
  say: (text: string) => void,
): Promise<StackOutputs> {
  if (!sandbox.isHarmless)
    say(`Functions time out after ${faultyTimeout} s, so that failures are retried quickly`);
  const timeout = sandbox.isHarmless ? {} : { functionTimeoutSeconds: faultyTimeout };
  const settings = await writeSettings(endpoint.folder, { ...timeout, ...sandbox.settings });
  const stackName = `OrderOnce-${stage}`;
  const options = { project: repository, stackNames: [stackName], context: { stage, settings } };
  const { outputs, resources } = await deploy(endpoint, options, say);
  await restoreTopicAttributes(endpoint.clientConfig, resources);
  const stack = outputs[stackName] as StackOutputs;
  await sandbox.join(stack);
  return stack;
}

function messageOf(error: unknown): string {
  if (error instanceof OrderOnceError) return error.message;
  return `Unexpected: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`;
}
