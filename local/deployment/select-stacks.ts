import { ConfigurationError } from '../../contract/errors.ts';
import type { SynthesizedStack } from './assembly.ts';

/** Where an endpoint deploys to. */
export interface Place {
  readonly account: string;
  readonly region: string;
}

/**
 * The names of the stacks to deploy.
 *
 * @param wanted Names, or patterns of the CDK. @default - the app's only stack
 * @throws ConfigurationError if the app has several stacks and none is wanted, or if it lacks a wanted one.
 */
export function selectStacks(
  stacks: readonly SynthesizedStack[],
  wanted: readonly string[] | undefined,
): readonly string[] {
  const names = stacks.map(({ name }) => name);
  if (wanted === undefined) {
    if (names.length === 1) return names;
    throw new ConfigurationError(
      names.length === 0
        ? 'The app has no stack to deploy'
        : `The app has several stacks: choose one of ${names.join(', ')} (--stack, stackName), or "*" for all`,
    );
  }
  const absent = wanted.find((name) => !isPattern(name) && !names.includes(name));
  if (absent === undefined) return wanted;
  throw new ConfigurationError(
    `The app has no stack "${absent}" (--stack, stackName): choose one of ${names.join(', ')}`,
  );
}

/**
 * @throws ConfigurationError if a selected stack belongs to another account or Region: the CDK would refuse it, without saying
 *   what to do.
 */
export function checkPlace(
  stacks: readonly SynthesizedStack[],
  selected: readonly string[],
  place: Place,
): void {
  const all = selected.some(isPattern);
  for (const { name, account = place.account, region = place.region } of stacks) {
    if (!all && !selected.includes(name)) continue;
    if (account === place.account && region === place.region) continue;
    throw new ConfigurationError(
      `The stack "${name}" is for account ${account} in ${region}, and the endpoint is account ${place.account} in ` +
        `${place.region}. Take both from the command in your app: env: { account: process.env.CDK_DEFAULT_ACCOUNT, ` +
        'region: process.env.CDK_DEFAULT_REGION }',
    );
  }
}

function isPattern(name: string): boolean {
  return /[*?[{!]/.test(name);
}
