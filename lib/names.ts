import { Stack, Token } from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';
import { ConfigurationError } from '../contract/errors.ts';

/** The longest names that AWS accepts, in characters (each service's "Quotas" page). SQS and SNS count `.fifo`. */
export const nameLimits = {
  queue: 80,
  function: 64,
  table: 255,
  topic: 256,
  api: 128,
} as const;

type Kind = keyof typeof nameLimits;

/**
 * A name made of the stack's name and the construct's path in the stack: `Bookings` in stack `Shop` gives `Shop-bookings`.
 * Only a FIFO topic has such a name by default, because CDK demands one. All other resources get a name of
 * CloudFormation's: a resource that outlives its stack then never blocks the next deployment.
 *
 * @param suffix Appended to the name unchanged.
 * @throws ConfigurationError if the service would refuse the length, or if another construct has the name.
 */
export function physicalName(scope: Construct, id: string, kind: Kind, suffix = ''): string {
  const stack = outermostStack(scope);
  const path = [...pathIn(stack, scope), id];
  const name = `${[stack.stackName, ...path.map(kebabCase)].join('-')}${suffix}`;
  checkName(
    name,
    kind,
    `Shorten the stack's name "${stack.stackName}" or the construct id "${path.join('/')}"`,
  );
  claim(stack, kind, name, path.join('/'));
  return name;
}

/**
 * Checks a name that the user gives to a construct, and reserves it.
 *
 * @param option The option with which the user gives it.
 * @throws ConfigurationError if the service would refuse the name, or if another construct has it.
 */
export function givenName(construct: Construct, option: string, kind: Kind, name: string): string {
  if (Token.isUnresolved(name)) return name;
  if (!/^[A-Za-z0-9_-]+(\.fifo)?$/.test(name)) {
    throw new ConfigurationError(
      `${option} of "${construct.node.path}" makes "${name}", the name of a ${kind}; it must be letters, digits, "-" and "_"`,
    );
  }
  checkName(name, kind, `Shorten ${option} of "${construct.node.path}"`);
  const stack = outermostStack(construct);
  claim(stack, kind, name, [...pathIn(stack, construct)].join('/'));
  return name;
}

function checkName(name: string, kind: Kind, fix: string): void {
  const excess = name.length - nameLimits[kind];
  if (excess <= 0) return;
  throw new ConfigurationError(
    `The name "${name}" has ${name.length} characters; AWS takes at most ${nameLimits[kind]} for a ${kind}. ${fix} by ${excess}.`,
  );
}

interface Owner {
  readonly stack: Stack;
  /** Path of the construct in the stack. */
  readonly path: string;
}

/** For each app: the construct that has a name, by account, Region, kind and name. */
const owners = new WeakMap<object, Map<string, Owner>>();

/**
 * CloudFormation would refuse the second resource of a name in the middle of a deployment. Two stacks of one name are
 * two deployments of the same stack, which go to different places.
 */
function claim(stack: Stack, kind: Kind, name: string, path: string): void {
  const { root } = stack.node;
  const named = owners.get(root) ?? new Map<string, Owner>();
  owners.set(root, named);
  const key = [stack.account, stack.region, kind, name].join(' ');
  const owner = named.get(key) ?? { stack, path };
  named.set(key, owner);
  if (owner.stack === stack && owner.path === path) return;
  if (owner.stack !== stack && owner.stack.stackName === stack.stackName) return;
  const places = [...new Set([owner.stack.stackName, stack.stackName])].map((one) => `"${one}"`);
  throw new ConfigurationError(
    `The constructs "${owner.path}" and "${path}" of ${places.length === 1 ? 'stack' : 'the stacks'} ${places.join(' and ')} ` +
      `would both name a ${kind} "${name}". Give one of them another id or another name.`,
  );
}

/** Ids of the constructs below the stack. */
function pathIn(stack: Stack, construct: Construct): string[] {
  return construct.node.scopes.slice(stack.node.scopes.length).map(({ node }) => node.id);
}

/** A nested stack's own name is known only at deployment. */
export function outermostStack(scope: IConstruct): Stack {
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
