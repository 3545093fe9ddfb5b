import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import type { SynthesizedStack } from './assembly.ts';

/** A deployed resource, with its properties in the template. */
export interface StackResource {
  readonly type: string;
  /** For example an ARN, or the URL of a queue. */
  readonly physicalId: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** A template of the cloud assembly. The CDK always writes JSON there, and uploads some templates as YAML. */
interface Template {
  readonly Resources?: Readonly<
    Record<
      string,
      {
        readonly Properties?: Readonly<Record<string, unknown>>;
        readonly Metadata?: Readonly<Record<string, string>>;
      }
    >
  >;
}

/** Where the CDK notes the file of a nested stack's template, in the metadata of its resource. */
const templatePath = 'aws:asset:path';

/** The resources of a deployed stack and of its nested stacks. */
export async function readResources(
  client: CloudFormationClient,
  { stackName, template }: Pick<SynthesizedStack, 'stackName' | 'template'>,
): Promise<readonly StackResource[]> {
  const { Resources: declared = {} } = await readTemplate(template);
  const resources: StackResource[] = [];
  for await (const page of paginateListStackResources({ client }, { StackName: stackName })) {
    for (const { ResourceType, LogicalResourceId, PhysicalResourceId } of page.StackResourceSummaries ?? []) {
      if (!ResourceType || !LogicalResourceId || !PhysicalResourceId) continue;
      const { Properties: properties = {}, Metadata = {} } = declared[LogicalResourceId] ?? {};
      resources.push({ type: ResourceType, physicalId: PhysicalResourceId, properties });
      const nested = Metadata[templatePath];
      if (ResourceType !== 'AWS::CloudFormation::Stack' || nested === undefined) continue;
      const inside = { stackName: PhysicalResourceId, template: join(dirname(template), nested) };
      resources.push(...(await readResources(client, inside)));
    }
  }
  return resources;
}

/** Whether a stack has resources. The CDK does not deploy an empty one. */
export async function hasResources({ template }: Pick<SynthesizedStack, 'template'>): Promise<boolean> {
  const { Resources = {} } = await readTemplate(template);
  return Object.keys(Resources).length > 0;
}

async function readTemplate(path: string): Promise<Template> {
  return JSON.parse(await readFile(path, 'utf8')) as Template;
}
