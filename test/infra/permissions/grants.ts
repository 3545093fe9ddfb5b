import type { DeployedTemplate, PolicyDocument } from './deployed-template.ts';
import { allows, sessionOf } from './evaluate.ts';
import type { IamRequest } from './iam-requests.ts';

/** One action on one resource that a statement of a policy allows. */
export interface Grant {
  /** `Fulfilment may sqs:SendMessage on OrderEvents.fifo`, without the hashes of logical ids. */
  readonly name: string;
  readonly action: string;
  /** Whether this grant alone allows a request. */
  isUsedBy(request: IamRequest): Promise<boolean>;
}

/** The grants of all roles of a template. */
export function grantsOfRoles(template: DeployedTemplate): Grant[] {
  return template.ofType('AWS::IAM::Role').flatMap(([id]) => {
    const roleArn = template.arnOf(id);
    return template.policiesOf(roleArn).flatMap((policy) =>
      singleGrants(policy).map(({ action, resource, single }) => ({
        name: `${shortName(id).replace(/Role$/, '')} may ${action} on ${shortName(resource)}`,
        action,
        isUsedBy: async (request: IamRequest) =>
          request.principal === sessionOf(roleArn) &&
          (await allows(request, {
            identityPolicies: [single],
            // A key's policy has to let the policies of roles count.
            ...(action.startsWith('kms:')
              ? { resourcePolicy: template.resourcePolicyOf(request.resource) }
              : {}),
          })),
      })),
    );
  });
}

/** The grants in the policies of a template's queues, topics, keys and functions. */
export function grantsOfResources(template: DeployedTemplate): Grant[] {
  return template.guarded().flatMap(([resource, policy]) =>
    singleGrants(policy).map(({ action, single }) => ({
      name: `${principalOf(single)} may ${action} on ${shortName(resource)}`,
      action,
      isUsedBy: async (request: IamRequest) =>
        request.resource === resource &&
        (await allows(request, { identityPolicies: [], resourcePolicy: single })),
    })),
  );
}

/** The names of grants that none of the requests uses, in alphabetical order. */
export async function unusedGrants(
  grants: readonly Grant[],
  requests: readonly IamRequest[],
): Promise<string[]> {
  const unused = new Set<string>();
  for (const { name, action, isUsedBy } of grants) {
    const candidates = requests.filter((request) => matches(action, request.action));
    const used = await Promise.all(candidates.map(isUsedBy));
    if (!used.includes(true)) unused.add(name);
  }
  return [...unused].sort();
}

/** A policy for each action and resource that a policy allows. */
function singleGrants({ Version, Statement }: PolicyDocument) {
  return Statement.filter(({ Effect }) => Effect === 'Allow').flatMap((statement) =>
    actionsOf(statement).flatMap((action) =>
      [statement.Resource].flat().map((resource: string) => ({
        action,
        resource,
        single: { Version, Statement: [{ ...statement, Action: action, Resource: resource }] },
      })),
    ),
  );
}

function principalOf({ Statement: [statement] }: PolicyDocument): string {
  const { Service, AWS } = statement.Principal;
  return String(Service ?? AWS);
}

function actionsOf({ Action }: { readonly Action: string | readonly string[] }): string[] {
  return [Action].flat();
}

/** Whether an action of a policy, which may end with `*`, names an action. */
function matches(pattern: string, action: string): boolean {
  return pattern.endsWith('*') ? action.startsWith(pattern.slice(0, -1)) : pattern === action;
}

/** A logical id or an ARN without hashes, account and Region. */
export function shortName(name: string): string {
  return name.replace(/^arn:aws:\w+:[\w-]*:\d*:/, '').replace(/[0-9A-F]{8}(?=\b|\.|Role)/g, '');
}
