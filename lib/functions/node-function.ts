import { type Duration, type RemovalPolicy, Validations } from 'aws-cdk-lib';
import { type IRole, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, type NodejsFunctionProps } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { GivenKey } from '../encryption/encryption-key.ts';
import { allowLogs } from '../encryption/services.ts';
import { checkNumber } from '../rules/check-number.ts';
import { bundlingWith } from './bundling.ts';
import { checkEnvironment } from './function-environment.ts';
import { checkNetwork } from './function-network.ts';
import { orMissingEsbuild } from './missing-esbuild.ts';

/** Options that are passed to the CDK's function unchanged. */
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

/** Selects the given options that are passed on. */
export function passOn(props: PassedOn): PassedOn {
  return Object.fromEntries(
    passedOn.filter((name) => props[name] !== undefined).map((name) => [name, props[name]]),
  );
}

export interface FunctionProps extends PassedOn, GivenKey {
  /**
   * Name of the function; its log group is then called `/aws/lambda/<name>`, as Lambda itself would call it.
   * @default - names of CloudFormation's
   */
  readonly functionName?: string;
  /** The file that exports `handler`. */
  readonly entry: string;
  readonly timeout: Duration;
  readonly memorySize: number;
  readonly removalPolicy: RemovalPolicy;
  readonly logRetention: RetentionDays;
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * Creates a Lambda function whose code is one minified ES module. The module contains the AWS SDK, so that an update of
 * Lambda's runtime cannot change the SDK. The function's role may only write to its log group; grants add the rest. A
 * key encrypts the environment and the log group.
 *
 * @throws ConfigurationError for a memory size that Lambda refuses, a bundling format other than ES modules, and a
 *   missing esbuild. Synthesis fails for environment variables, and numbers of subnets and security groups, that Lambda
 *   refuses.
 */
export function nodeFunction(scope: Construct, props: FunctionProps): NodejsFunction {
  const {
    removalPolicy,
    logRetention,
    bundling = {},
    encryptionKey,
    keyPolicyIsMine,
    ...functionProps
  } = props;
  checkNumber('memorySize', props.memorySize, { unit: 'MiB', least: 128, most: 10_240 });
  const logGroup = new LogGroup(scope, 'Logs', {
    ...(props.functionName === undefined ? {} : { logGroupName: `/aws/lambda/${props.functionName}` }),
    retention: logRetention,
    removalPolicy,
    ...(encryptionKey === undefined ? {} : { encryptionKey }),
  });
  allowLogs(scope, { encryptionKey, keyPolicyIsMine });
  const role = new Role(scope, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  logGroup.grantWrite(role);
  // Lambda decrypts the environment with the function's role.
  encryptionKey?.grantDecrypt(role);
  if (props.vpc !== undefined) allowNetworkInterfaces(role);
  if (props.vpc !== undefined || props.tracing !== undefined) acknowledgeAllResources(role);
  const options = {
    architecture: Architecture.ARM_64,
    ...functionProps,
    ...(encryptionKey === undefined ? {} : { environmentEncryption: encryptionKey }),
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
  checkNetwork(handler);
  Validations.of(handler).acknowledge({
    id: 'Serverless-LambdaDLQ',
    reason:
      'The dead-letter queue of a function is for asynchronous invocations, and Lambda calls this function synchronously.',
  });
  return handler;
}

/**
 * Grants the permissions that Lambda needs in a VPC (AWS: "Giving Lambda functions access to resources in an Amazon
 * VPC", required IAM permissions). The CDK grants them only to roles that it creates itself.
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
