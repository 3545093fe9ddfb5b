import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { CannotLookError } from '../errors.ts';
import { translateError } from './translate-error.ts';

/** Which account and Region a command looks at. What is absent comes from the environment, as in every tool of AWS. */
export interface Access {
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  /** Called with the action of each request, `dynamodb:Query` for instance. @default - nothing */
  readonly onRequest?: (action: string) => void;
}

export interface Aws {
  readonly cloudFormation: CloudFormationClient;
  readonly cloudWatch: CloudWatchClient;
  readonly dynamoDb: DynamoDBClient;
  readonly lambda: LambdaClient;
  readonly sns: SNSClient;
  readonly sqs: SQSClient;
  /** @throws CannotLookError if no Region is given or configured. */
  region(): Promise<string>;
  /** Closes all connections. */
  close(): void;
}

/** Prefixes of the services' actions, as policies have them. */
const prefixes = {
  cloudFormation: 'cloudformation',
  cloudWatch: 'cloudwatch',
  dynamoDb: 'dynamodb',
  lambda: 'lambda',
  sns: 'sns',
  sqs: 'sqs',
} as const;

/** Actions whose name differs from that of their command. */
const otherNames: Readonly<Record<string, string>> = {
  Invoke: 'InvokeFunction',
  BatchGetItem: 'BatchGetItem',
};

/**
 * Makes the clients of a command. Each error of a request that concerns credentials, permissions or the connection is a
 * CannotLookError with the action and the fix.
 */
export function connect({ region, profile, onRequest = () => {} }: Access = {}): Aws {
  const config = {
    ...(region === undefined ? {} : { region }),
    ...(profile === undefined ? {} : { profile }),
    // The URL of a queue can name a host that only the emulator knows.
    useQueueUrlAsEndpoint: false,
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 30_000 },
  };
  const clients = {
    cloudFormation: new CloudFormationClient(config),
    cloudWatch: new CloudWatchClient(config),
    dynamoDb: new DynamoDBClient(config),
    lambda: new LambdaClient(config),
    sns: new SNSClient(config),
    sqs: new SQSClient(config),
  };
  const regionOf = async () => {
    try {
      return await clients.sqs.config.region();
    } catch (error) {
      const asked = { action: 'anything', region: '' };
      throw translateError(error, asked);
    }
  };
  for (const [name, client] of Object.entries(clients)) {
    watchErrors(client, prefixes[name as keyof typeof prefixes], onRequest);
  }
  return {
    ...clients,
    region: regionOf,
    close: () => {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}

/** What the clients of all services have in common. */
interface AnyClient {
  readonly config: { region(): Promise<string> };
  readonly middlewareStack: {
    add(
      middleware: (next: Send, context: { readonly commandName?: string }) => Send,
      options: { readonly step: 'initialize'; readonly name: string },
    ): void;
  };
}

type Send = (args: unknown) => Promise<unknown>;

function watchErrors(client: object, prefix: string, onRequest: (action: string) => void): void {
  const { config, middlewareStack } = client as AnyClient;
  middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const command = commandName.replace(/Command$/, '');
        const action = `${prefix}:${otherNames[command] ?? command}`;
        onRequest(action);
        try {
          return await next(args);
        } catch (error) {
          throw translateError(error, { action, region: await config.region().catch(() => 'no Region') });
        }
      },
    { step: 'initialize', name: 'order-once-translate-error' },
  );
}

/** The Region, account and name in an ARN. @throws CannotLookError for a text that is no ARN. */
export function partsOfArn(arn: string): {
  readonly region: string;
  readonly account: string;
  readonly name: string;
} {
  const [prefix, , , region = '', account = '', ...rest] = arn.split(':');
  if (prefix !== 'arn' || rest.length === 0) throw new CannotLookError(`"${arn}" is no ARN`);
  return { region, account, name: (rest.at(-1) ?? '').replace(/^.*\//, '') };
}
