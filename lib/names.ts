import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ConfigurationError } from '../contract/errors.ts';

/** The longest names that AWS accepts, in characters (each service's "Quotas" page). SQS and SNS count `.fifo`. */
export const nameLimits = {
  queue: 80,
  function: 64,
  table: 255,
  topic: 256,
  logGroup: 512,
  api: 128,
} as const;

/**
 * A name made of the stack's name and the construct's path in the stack: `Bookings` in stack `Shop` gives `Shop-bookings`.
 * Two stacks never get the same name. If a table outlived its stack, the same stack finds it again
 * (`cdk deploy --import-existing-resources`) instead of creating an empty one.
 *
 * @param suffix Appended to the name unchanged.
 * @throws ConfigurationError if the service would refuse the length, or another construct of the stack has the name: ids
 *   may differ where names don't (`Orders` and `orders`, `OrdersDlq` and the dead-letter queue of `Orders`).
 */
export function physicalName(
  scope: Construct,
  id: string,
  kind: keyof typeof nameLimits,
  suffix = '',
): string {
  const stack = outermostStack(scope);
  const path = [...scope.node.scopes.slice(stack.node.scopes.length).map(({ node }) => node.id), id];
  const name = `${[stack.stackName, ...path.map(kebabCase)].join('-')}${suffix}`;
  const excess = name.length - nameLimits[kind];
  if (excess > 0) {
    throw new ConfigurationError(
      `The name "${name}" has ${name.length} characters; AWS takes at most ${nameLimits[kind]} for a ${kind}. ` +
        `Shorten the stack's name "${stack.stackName}" or the construct id "${path.join('/')}" by ${excess}.`,
    );
  }
  claim(stack, kind, name, path.join('/'));
  return name;
}

/** For each stack: the construct that has a name. */
const owners = new WeakMap<Stack, Map<string, string>>();

/** CloudFormation would refuse the second resource of a name in the middle of a deployment. */
function claim(stack: Stack, kind: string, name: string, path: string): void {
  const named = owners.get(stack) ?? new Map<string, string>();
  owners.set(stack, named);
  const owner = named.get(`${kind} ${name}`) ?? path;
  if (owner !== path) {
    throw new ConfigurationError(
      `The constructs "${owner}" and "${path}" of stack "${stack.stackName}" would both name a ${kind} "${name}". ` +
        'Give one of them another id.',
    );
  }
  named.set(`${kind} ${name}`, path);
}

/** The stack above all nested ones. A nested stack's own name is known only at deployment. */
export function outermostStack(scope: Construct): Stack {
  let stack = Stack.of(scope);
  while (stack.nestedStackParent !== undefined) stack = stack.nestedStackParent;
  return stack;
}

function kebabCase(id: string): string {
  return id
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replace(/[^A-Za-z0-9-]+/g, '-')
    .toLowerCase();
}
