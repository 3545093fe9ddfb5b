import { ConfigurationError } from '../../contract/errors.ts';
import type { SynthesizedStack } from './assembly.ts';

/** Where an endpoint deploys to. */
export interface Place {
  readonly account: string;
  readonly region: string;
}

/**
 * The names that a user wants, as the CDK takes them: `*` is all stacks. The CDK's own `*` leaves out those of stages, because it
 * ends at a slash.
 */
export function wantedStacks(stackName: string | undefined): readonly string[] | undefined {
  if (stackName === undefined) return undefined;
  return [stackName === '*' ? '**' : stackName];
}

/**
 * The names of the stacks to deploy.
 *
 * @param wanted Names, or patterns of the CDK. @default - the app's only stack
 * @throws ConfigurationError if the app has several stacks and none is wanted, if it lacks a wanted one, or for a pattern
 *   with more than `*`, `?` and `{one,other}`.
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
  const unclear = wanted.find((name) => !names.includes(name) && isUnclear(name));
  if (unclear !== undefined) {
    throw new ConfigurationError(
      `The stack is "${unclear}" (--stack, stackName): it takes a name, or a pattern with *, ? and {one,other}`,
    );
  }
  const absent = wanted.find((name) => !isPattern(name) && !names.includes(name));
  if (absent === undefined) return wanted;
  throw new ConfigurationError(
    `The app has no stack "${absent}" (--stack, stackName): choose one of ${names.join(', ')}`,
  );
}

/** The stacks that `cdk deploy` deploys: the selected ones, and those that they depend on. */
export function withDependencies(
  stacks: readonly SynthesizedStack[],
  selected: readonly string[],
): readonly SynthesizedStack[] {
  const names = new Set<string>();
  const add = ({ name, dependencies }: SynthesizedStack) => {
    if (names.has(name)) return;
    names.add(name);
    for (const stack of stacks) if (dependencies.includes(stack.name)) add(stack);
  };
  for (const stack of stacks) if (selected.some((one) => selects(one, stack.name))) add(stack);
  return stacks.filter(({ name }) => names.has(name));
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
  for (const { name, account = place.account, region = place.region } of stacks) {
    if (!selected.some((one) => selects(one, name))) continue;
    if (account === place.account && region === place.region) continue;
    throw new ConfigurationError(
      `The stack "${name}" is for account ${account} in ${region}, and the endpoint is account ${place.account} in ` +
        `${place.region}. Take both from the command in your app: env: { account: process.env.CDK_DEFAULT_ACCOUNT, ` +
        'region: process.env.CDK_DEFAULT_REGION }',
    );
  }
}

function isPattern(name: string): boolean {
  return /[*?{]/.test(name);
}

/** Whether a pattern has more than stars, question marks and lists in braces. The CDK takes more, for example `!Shop`. */
function isUnclear(pattern: string): boolean {
  return /[[\]!()+@|]/.test(pattern) || /[{}]/.test(pattern.replace(/\{[^{}]*\}/g, ''));
}

/** Whether a name or a pattern selects a stack, as the CDK decides it. */
function selects(pattern: string, name: string): boolean {
  return pattern === name || new RegExp(`^${expressionOf(pattern)}$`).test(name);
}

const wildcards: Readonly<Record<string, string>> = { '**': '.*', '*': '[^/]*', '?': '[^/]' };

function expressionOf(pattern: string): string {
  return pattern.replace(/\{([^{}]*)\}|\*\*|[*?\\^$.|+()[\]{}]/g, (found, list: string | undefined) =>
    list === undefined
      ? (wildcards[found] ?? `\\${found}`)
      : `(?:${list.split(',').map(expressionOf).join('|')})`,
  );
}
