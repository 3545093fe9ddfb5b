import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { checkNumber } from '../check-number.ts';
import { bundling } from './bundling.ts';
import { checkEnvironment } from './function-environment.ts';

export interface NodeFunctionProps {
  readonly functionName: string;
  /** The file that exports `handler`. */
  readonly entry: string;
  readonly timeout: Duration;
  readonly memorySize: number;
  readonly removalPolicy: RemovalPolicy;
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * A Lambda function with everything that it needs inside: one minified ES module with its AWS SDK, so that a runtime
 * update cannot change the SDK under it. Its role starts empty, apart from writing to its own log group; logs are kept
 * for as long as the records that they explain, and a little longer.
 *
 * @throws ConfigurationError for a timeout or a memory that Lambda refuses. Synthesis fails for environment variables that
 *   it refuses.
 */
export function nodeFunction(scope: Construct, props: NodeFunctionProps): NodejsFunction {
  const { removalPolicy, ...functionProps } = props;
  checkNumber('timeout', props.timeout.toSeconds(), { unit: 'seconds', least: 1, most: 900 });
  checkNumber('memorySize', props.memorySize, { unit: 'MiB', least: 128, most: 10_240 });
  const logGroup = new LogGroup(scope, 'Logs', {
    // Lambda's own name for it, where people and tools look.
    logGroupName: `/aws/lambda/${props.functionName}`,
    retention: RetentionDays.TWO_MONTHS,
    removalPolicy,
  });
  const role = new Role(scope, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  logGroup.grantWrite(role);
  const handler = new NodejsFunction(scope, 'Function', {
    ...functionProps,
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    role,
    logGroup,
    bundling,
  });
  checkEnvironment(handler);
  return handler;
}
