import { runSimulation, type Simulation } from '@cloud-copilot/iam-simulate';
import { account, type DeployedTemplate, type PolicyDocument } from './deployed-template.ts';
import type { IamRequest } from './iam-requests.ts';

/** Policies of an AWS Organization that limit nothing. */
const unlimited = [
  {
    orgIdentifier: 'everything',
    policies: [
      {
        name: 'everything',
        policy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
      },
    ],
  },
];

/** Whether the policies of a template allow a request. */
export async function isAllowed(request: IamRequest, template: DeployedTemplate): Promise<boolean> {
  return await allows(request, {
    identityPolicies: request.principal.startsWith('arn:')
      ? template.policiesOf(roleOf(request.principal))
      : [],
    resourcePolicy: template.resourcePolicyOf(request.resource),
  });
}

export interface Policies {
  readonly identityPolicies: readonly PolicyDocument[];
  readonly resourcePolicy?: PolicyDocument | undefined;
}

/**
 * Whether policies allow a request.
 * @throws Error for a policy, an action, an ARN or a condition key that AWS does not know.
 */
export async function allows(
  { principal, action, resource, context }: IamRequest,
  { identityPolicies, resourcePolicy }: Policies,
): Promise<boolean> {
  const simulation: Simulation = {
    request: {
      principal,
      action,
      resource: { resource, accountId: account },
      contextVariables: { 'aws:SecureTransport': 'true', ...context },
    },
    identityPolicies: identityPolicies.map((policy, index) => ({ name: String(index), policy })),
    serviceControlPolicies: unlimited,
    resourceControlPolicies: [],
    resourcePolicy,
  };
  const simulated = await runSimulation(simulation, {});
  if (simulated.resultType !== 'single') {
    const why = simulated.resultType === 'error' ? JSON.stringify(simulated.errors) : 'name one resource';
    throw new Error(`IAM cannot answer ${action} on ${resource}: ${why}`);
  }
  const { analysis, ignoredContextKeys = [] } = simulated.result;
  if (ignoredContextKeys.length > 0) throw new Error(`${action} has no ${ignoredContextKeys.join()}`);
  return analysis.result === 'Allowed';
}

/** The session of a function with a role. */
export function sessionOf(roleArn: string): string {
  const name = roleArn.slice(roleArn.lastIndexOf('/') + 1);
  return `arn:aws:sts::${account}:assumed-role/${name}/function`;
}

function roleOf(session: string): string {
  const [, name = ''] = session.split('/');
  return `arn:aws:iam::${account}:role/${name}`;
}
