import {
  DescribeStacksCommand,
  paginateDescribeStacks,
  paginateListStackResources,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { type ConsumerDescription, readDescription } from '../../contract/consumer-description.ts';
import type { Aws } from '../access/connect.ts';
import { CannotLookError } from '../errors.ts';

/** The consumers of a stack and of the stacks in it. */
export interface Installation {
  readonly stack: string;
  readonly region: string;
  readonly consumers: readonly ConsumerDescription[];
}

/**
 * Reads the consumers from the outputs of a stack and of its nested stacks.
 *
 * @throws CannotLookError if there is no such stack, or no consumer in it. The message names the stacks with consumers.
 */
export async function findInstallation(aws: Aws, stack: string): Promise<Installation> {
  const region = await aws.region();
  const found = await describe(aws, stack);
  if (found === undefined) {
    throw new CannotLookError(`There is no stack "${stack}" in ${region}. ${await otherStacks(aws)}`);
  }
  const consumers = await consumersOf(aws, found);
  if (consumers.length === 0) {
    throw new CannotLookError(
      `The stack "${stack}" in ${region} describes no consumer: was it deployed by this version? ${await otherStacks(aws)}`,
    );
  }
  return {
    stack: found.StackName ?? stack,
    region,
    consumers: consumers.toSorted((one, other) => one.consumer.localeCompare(other.consumer)),
  };
}

/** @throws CannotLookError that names the consumers, if there is none of this name. */
export function consumerNamed({ stack, consumers }: Installation, name: string): ConsumerDescription {
  const found = consumers.find(({ consumer }) => consumer === name);
  if (found !== undefined) return found;
  const names = consumers.map(({ consumer }) => consumer).join(', ');
  throw new CannotLookError(`The stack "${stack}" has no consumer "${name}": its consumers are ${names}.`);
}

/** The consumer of a name, or all of them without a name. @throws CannotLookError as `consumerNamed` */
export function chosenConsumers(
  installation: Installation,
  name: string | undefined,
): readonly ConsumerDescription[] {
  return name === undefined ? installation.consumers : [consumerNamed(installation, name)];
}

async function describe({ cloudFormation }: Aws, name: string): Promise<Stack | undefined> {
  try {
    const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName: name }));
    return Stacks[0];
  } catch (error) {
    const { name: code, message } = error as Error;
    if (code === 'ValidationError' && /does not exist/i.test(message)) return undefined;
    throw error;
  }
}

async function consumersOf(aws: Aws, { StackId = '', Outputs = [] }: Stack): Promise<ConsumerDescription[]> {
  const own = Outputs.flatMap(({ OutputValue = '' }) => readDescription(OutputValue) ?? []);
  const nested: string[] = [];
  for await (const page of paginateListStackResources(
    { client: aws.cloudFormation },
    { StackName: StackId },
  )) {
    for (const { ResourceType, PhysicalResourceId } of page.StackResourceSummaries ?? []) {
      if (ResourceType === 'AWS::CloudFormation::Stack' && PhysicalResourceId)
        nested.push(PhysicalResourceId);
    }
  }
  const inside = await Promise.all(
    nested.map(async (id) => {
      const stack = await describe(aws, id);
      return stack === undefined ? [] : await consumersOf(aws, stack);
    }),
  );
  return [...own, ...inside.flat()];
}

async function otherStacks({ cloudFormation }: Aws): Promise<string> {
  const names: string[] = [];
  for await (const { Stacks = [] } of paginateDescribeStacks({ client: cloudFormation }, {})) {
    for (const { StackName = '', Outputs = [] } of Stacks) {
      if (Outputs.some(({ OutputValue = '' }) => readDescription(OutputValue))) names.push(StackName);
    }
  }
  return names.length === 0
    ? 'No stack there has a consumer: give --stack, --region or --profile.'
    : `Stacks with consumers: ${names.sort().join(', ')}. Give --stack, --region or --profile.`;
}
