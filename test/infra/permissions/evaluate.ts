import { runSimulation, type Simulation } from '@cloud-copilot/iam-simulate';
import { account, type DeployedTemplate, type PolicyDocument } from './deployed-template.ts';
import type { IamRequest } from './iam-requests.ts';

/** Policies of an AWS Organization that limit nothing. */
const everything = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
const unlimited = [{ orgIdentifier: 'everything', policies: [{ name: 'everything', policy: everything }] }];

/** A role of another account, which its own policies let do everything. */
export const producer = 'arn:aws:iam::222222222222:role/producer';

/** Whether the policies of a template allow a request. */
export async function isAllowed(request: IamRequest, template: DeployedTemplate): Promise<boolean> {
  const { principal } = request;
  return await allows(request, {
    identityPolicies: principal.includes(`:${account}:`) ? template.policiesOf(roleOf(principal)) : [],
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
    identityPolicies: [...identityPolicies, ...(principal === producer ? [everything] : [])].map(
      (policy, index) => ({ name: String(index), policy }),
    ),
    serviceControlPolicies: unlimited,
    resourceControlPolicies: [],
    resourcePolicy,
  };
  const simulated = await runSimulation(known(simulation), {});
  if (simulated.resultType !== 'single') {
    const why = simulated.resultType === 'error' ? JSON.stringify(simulated.errors) : 'name one resource';
    throw new Error(`IAM cannot answer ${action} on ${resource}: ${why}`);
  }
  const { analysis, ignoredContextKeys = [] } = simulated.result;
  if (ignoredContextKeys.length > 0) throw new Error(`${action} has no ${ignoredContextKeys.join()}`);
  return analysis.result === 'Allowed';
}

/**
 * The evaluator knows no encryption context, because its names are not a fixed list. Another key that is an ARN, and which
 * CloudWatch's requests do not have, takes its place in request and policies.
 */
function known(simulation: Simulation): Simulation {
  const key = /kms:EncryptionContext:aws:logs:arn/g;
  return JSON.parse(JSON.stringify(simulation).replace(key, 'aws:SourceArn'));
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
