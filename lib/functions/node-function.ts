import { type Duration, type RemovalPolicy, Validations } from 'aws-cdk-lib';
import { type IRole, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, type NodejsFunctionProps } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { checkNumber } from '../rules/check-number.ts';
import { bundlingWith } from './bundling.ts';
import { checkEnvironment } from './function-environment.ts';
import { orMissingEsbuild } from './missing-esbuild.ts';

/** Options of a CDK function that a function gets as they are. */
const passedOn = [
  'architecture',
  'bundling',
  'depsLockFilePath',
  'layers',
  'securityGroups',
  'tracing',
  'vpc',
  'vpcSubnets',
] as const;
export type PassedOn = Pick<NodejsFunctionProps, (typeof passedOn)[number]>;

/** The options to pass on that are given. */
export function passOn(props: PassedOn): PassedOn {
  return Object.fromEntries(
    passedOn.filter((name) => props[name] !== undefined).map((name) => [name, props[name]]),
  );
}

export interface FunctionProps extends PassedOn, Pick<NodejsFunctionProps, 'environmentEncryption'> {
  readonly functionName: string;
  /** The file that exports `handler`. */
  readonly entry: string;
  readonly timeout: Duration;
  readonly memorySize: number;
  readonly removalPolicy: RemovalPolicy;
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * A Lambda function with all of its code in one minified ES module. The AWS SDK is inside, so that an update of Lambda's
 * runtime cannot change it. Its role may only write to its own log group at first. Logs are kept for 60 days, somewhat longer
 * than the records that they explain.
 *
 * @throws ConfigurationError for a memory that Lambda refuses, a bundling that is no ES module, and a missing esbuild.
 *   Synthesis fails for environment variables that Lambda refuses.
 */
export function nodeFunction(scope: Construct, props: FunctionProps): NodejsFunction {
  const { removalPolicy, bundling = {}, ...functionProps } = props;
  checkNumber('memorySize', props.memorySize, { unit: 'MiB', least: 128, most: 10_240 });
  const logGroup = new LogGroup(scope, 'Logs', {
    // Lambda's own name for it, where people and tools look.
    logGroupName: `/aws/lambda/${props.functionName}`,
    retention: RetentionDays.TWO_MONTHS,
    removalPolicy,
  });
  const role = new Role(scope, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  logGroup.grantWrite(role);
  if (props.vpc !== undefined) allowNetworkInterfaces(role);
  if (props.vpc !== undefined || props.tracing !== undefined) acknowledgeAllResources(role);
  const options = {
    architecture: Architecture.ARM_64,
    ...functionProps,
    runtime: Runtime.NODEJS_24_X,
    role,
    logGroup,
    bundling: bundlingWith(bundling),
  };
  const handler =
    bundling.forceDockerBundling === true
      ? new NodejsFunction(scope, 'Function', options)
      : orMissingEsbuild(() => new NodejsFunction(scope, 'Function', options));
  checkEnvironment(handler);
  return handler;
}

/**
 * What Lambda does in a VPC with the function's role (AWS: "Giving Lambda functions access to resources in an Amazon VPC",
 * required IAM permissions). The CDK allows it for roles alone that it makes itself.
 */
function allowNetworkInterfaces(role: Role): void {
  role.addToPolicy(
    new PolicyStatement({
      actions: [
        'ec2:AssignPrivateIpAddresses',
        'ec2:CreateNetworkInterface',
        'ec2:DeleteNetworkInterface',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeSubnets',
        'ec2:UnassignPrivateIpAddresses',
      ],
      resources: ['*'],
    }),
  );
}

function acknowledgeAllResources(role: IRole): void {
  Validations.of(role).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason: 'Network interfaces and traces have no names beforehand: AWS takes all resources alone.',
  });
}
