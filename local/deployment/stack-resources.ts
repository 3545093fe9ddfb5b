import {
  type CloudFormationClient,
  GetTemplateCommand,
  paginateListStackResources,
} from '@aws-sdk/client-cloudformation';

/** A deployed resource, with its properties in the template. */
export interface StackResource {
  readonly type: string;
  readonly logicalId: string;
  /** For example an ARN, or the URL of a queue. */
  readonly physicalId: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

interface Template {
  readonly Resources: Readonly<Record<string, { readonly Properties?: Readonly<Record<string, unknown>> }>>;
}

/** The resources of a deployed stack. */
export async function readResources(
  client: CloudFormationClient,
  stackName: string,
): Promise<readonly StackResource[]> {
  const { TemplateBody = '{}' } = await client.send(new GetTemplateCommand({ StackName: stackName }));
  const { Resources: templates } = JSON.parse(TemplateBody) as Template;
  const resources: StackResource[] = [];
  for await (const page of paginateListStackResources({ client }, { StackName: stackName })) {
    for (const { ResourceType, LogicalResourceId, PhysicalResourceId } of page.StackResourceSummaries ?? []) {
      if (!ResourceType || !LogicalResourceId || !PhysicalResourceId) continue;
      resources.push({
        type: ResourceType,
        logicalId: LogicalResourceId,
        physicalId: PhysicalResourceId,
        properties: templates[LogicalResourceId]?.Properties ?? {},
      });
    }
  }
  return resources;
}
