import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient, type ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { App, CfnResource, NestedStack, Stack } from 'aws-cdk-lib/core';
import { readStacks } from '../../../../local/deployment/assembly.ts';
import { hasResources, readResources } from '../../../../local/deployment/stack-resources.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'order-once-resources-'));
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

/** An endpoint that knows of each stack these resources: type and physical id by logical id. */
function deployed(stacks: Readonly<Record<string, Readonly<Record<string, readonly [string, string]>>>>) {
  jest.spyOn(CloudFormationClient.prototype, 'send').mockImplementation(async (command: unknown) => {
    const { StackName = '' } = (command as ListStackResourcesCommand).input;
    const resources = Object.entries(stacks[StackName] ?? {});
    return {
      StackResourceSummaries: resources.map(([LogicalResourceId, [ResourceType, PhysicalResourceId]]) => ({
        LogicalResourceId,
        ResourceType,
        PhysicalResourceId,
      })),
    };
  });
  return new CloudFormationClient({ region: 'us-east-1' });
}

function topicIn(stack: Stack): void {
  new CfnResource(stack, 'Topic', { type: 'AWS::SNS::Topic', properties: { FifoTopic: true } });
}

test('reads the resources of a stack and of the stacks nested in it, with the properties of the cloud assembly', async () => {
  // GIVEN an app as the CDK synthesizes it, two levels deep
  const app = new App({ outdir: folder, context: { 'aws:cdk:enable-asset-metadata': true } });
  const shop = new Stack(app, 'Shop');
  const inner = new NestedStack(shop, 'Inner');
  topicIn(new NestedStack(inner, 'Innermost'));
  topicIn(shop);
  app.synth();
  const resourceOf = (nested: Stack) => shop.resolve((nested.nestedStackResource as CfnResource).logicalId);
  const innermost = inner.node.findChild('Innermost') as NestedStack;
  const client = deployed({
    Shop: {
      Topic: ['AWS::SNS::Topic', 'arn:outer'],
      [resourceOf(inner)]: ['AWS::CloudFormation::Stack', 'arn:Inner'],
    },
    'arn:Inner': { [resourceOf(innermost)]: ['AWS::CloudFormation::Stack', 'arn:Innermost'] },
    'arn:Innermost': { Topic: ['AWS::SNS::Topic', 'arn:inner'] },
  });
  // WHEN
  const [stack] = await readStacks(folder);
  if (stack === undefined) throw new Error('no stack');
  const resources = await readResources(client, stack);
  // THEN
  const topics = resources.filter(({ type }) => type === 'AWS::SNS::Topic');
  expect(topics).toEqual([
    { type: 'AWS::SNS::Topic', physicalId: 'arn:outer', properties: { FifoTopic: true } },
    { type: 'AWS::SNS::Topic', physicalId: 'arn:inner', properties: { FifoTopic: true } },
  ]);
});

test('knows a stack without resources, which the CDK does not deploy', async () => {
  const template = join(folder, 'Empty.template.json');
  writeFileSync(template, '{ "Conditions": {} }');
  expect(await hasResources({ template })).toBe(false);
  writeFileSync(template, '{ "Resources": { "Topic": { "Type": "AWS::SNS::Topic" } } }');
  expect(await hasResources({ template })).toBe(true);
});
