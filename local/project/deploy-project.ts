import { type Deployment, deploy } from '../deployment/deploy.ts';
import { restoreTopicAttributes } from '../deployment/restore-topic-attributes.ts';
import { wantedStacks } from '../deployment/select-stacks.ts';
import type { EmulatorName } from '../endpoint/emulators.ts';
import { type Endpoint, openEndpoint } from '../endpoint/endpoint.ts';
import { checkProject, type Project } from './check-project.ts';

export interface ProjectOptions extends Project {
  /** Name of the stack, or a pattern of the CDK. @default - the app's only stack */
  readonly stackName?: string | undefined;
  /** Context of the app, as `cdk deploy --context` takes it. */
  readonly context?: Readonly<Record<string, string>> | undefined;
  /** The emulator to start. AWS_ENDPOINT_URL takes precedence. */
  readonly emulator: EmulatorName;
}

/** A project's stacks on a local endpoint. */
export interface DeployedProject extends Deployment {
  readonly endpoint: Endpoint;
}

/**
 * Opens an endpoint, and deploys stacks of a project to it with the project's own CDK. Topics are as their template describes
 * them, even if the emulator's CloudFormation drops attributes.
 *
 * @param onStep Called with the name of each step.
 * @throws The errors of `checkProject`, `openEndpoint` and `deploy`. Nothing is left running then.
 */
export async function deployProject(
  options: ProjectOptions,
  onStep: (step: string) => void = () => {},
): Promise<DeployedProject> {
  checkProject(options);
  const endpoint = await openEndpoint(options.emulator, onStep);
  const deployAll = async () => {
    const { folder: project, app, context, stackName } = options;
    const stackNames = wantedStacks(stackName);
    const deployment = await deploy(endpoint, { project, app, context, stackNames }, onStep);
    await restoreTopicAttributes(endpoint.clientConfig, deployment.resources);
    return { endpoint, ...deployment };
  };
  const deploying = deployAll();
  return await Promise.race([deploying, endpoint.died]).catch(async (error) => {
    // If the emulator died, the CDK is just being stopped, and until then it may write into the endpoint's folder.
    await deploying.catch(() => {});
    await endpoint.stop();
    throw error;
  });
}
