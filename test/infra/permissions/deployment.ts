import type { Stack } from 'aws-cdk-lib';
import type { SQSRecord } from 'aws-lambda';
import { memoryDynamoDb } from '../../support/dynamodb/memory-dynamodb.ts';
import { withEnvironment } from '../../support/environment.ts';
import { remaining, sqsEvent } from '../../support/sqs.ts';
import { type AwsEndpoint, type Call, serveAws } from './aws-endpoint.ts';
import { DeployedTemplate, type PolicyDocument, region } from './deployed-template.ts';
import { sessionOf } from './evaluate.ts';
import { type IamRequest, iamRequestsOf } from './iam-requests.ts';

type Handler = (event: never, context: never) => Promise<unknown>;

/** A function of the template at work, in this process. */
export interface Running {
  readonly aws: AwsEndpoint;
  /** Delivers messages as one batch. @returns The ids of the messages that stay in the queue. */
  deliver(...records: readonly SQSRecord[]): Promise<string[]>;
  /** Calls the function of an HTTP API. @returns The status of its answer. */
  post(request: object): Promise<number>;
}

/** Outcomes of deliveries, and statuses of HTTP answers, by the name of the function's construct. */
export type Outcomes = Map<string, Set<string>>;

/** A deployed stack whose functions run here, with the environment of the template, and call an AWS of this process. */
export class Deployment {
  readonly template: DeployedTemplate;
  readonly outcomes: Outcomes = new Map();
  readonly #aws: AwsEndpoint;

  private constructor(template: DeployedTemplate, aws: AwsEndpoint) {
    this.template = template;
    this.#aws = aws;
  }

  /** @param imported Policies of resources that are not in the template, by their ARNs. */
  static async of(
    stack: Stack,
    imported: Readonly<Record<string, PolicyDocument>> = {},
  ): Promise<Deployment> {
    const template = new DeployedTemplate(stack, imported);
    const tables = template.ofType('AWS::DynamoDB::Table').map(([name, { KeySchema }]) => {
      return [name, KeySchema.map(({ AttributeName }: { AttributeName: string }) => AttributeName)] as const;
    });
    const dynamoDb = memoryDynamoDb(Object.fromEntries(tables), { now: () => Date.now() });
    return new Deployment(template, await serveAws(dynamoDb));
  }

  /**
   * Starts a function, and runs `work` with it.
   * @param construct The path of the consumer or intake that has the function: the start of its logical id.
   */
  async run(
    construct: string,
    load: () => Promise<{ readonly handler: Handler }>,
    work: (running: Running) => Promise<void>,
  ): Promise<void> {
    const [id, { Environment }] = this.#functionOf(construct);
    const restore = withEnvironment({
      ...Environment.Variables,
      ...(Environment.Variables.PAYMENT_URL && { PAYMENT_URL: `${this.#aws.url}/charges` }),
      AWS_ENDPOINT_URL: this.#aws.url,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: id,
      AWS_SECRET_ACCESS_KEY: 'secret',
    });
    const seen = new Set<string>();
    this.outcomes.set(construct, seen);
    const log = jest.spyOn(process.stdout, 'write').mockImplementation((line) => {
      const { message, outcome, status } = JSON.parse(String(line));
      if (message === 'delivery') seen.add(outcome);
      if (message === 'order request') seen.add(String(status));
      return true;
    });
    try {
      const { handler } = await load();
      const call = (event: unknown) => handler(event as never, remaining() as never);
      await work({
        aws: this.#aws,
        async deliver(...records) {
          const { batchItemFailures } = (await call(sqsEvent(...records))) as {
            readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
          };
          return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
        },
        post: async (request) => ((await call(request)) as { readonly statusCode: number }).statusCode,
      });
    } finally {
      log.mockRestore();
      restore();
    }
  }

  /** What AWS asked IAM for the calls of the functions, each question once. */
  get requests(): readonly IamRequest[] {
    const asked = this.#aws.calls.flatMap((call) =>
      iamRequestsOf(call, this.template).map((one) => ({ ...one, principal: this.#sessionOf(call) })),
    );
    return [...new Map(asked.map((one) => [JSON.stringify(one), one])).values()];
  }

  stop(): Promise<void> {
    return this.#aws.stop();
  }

  #sessionOf({ caller }: Call): string {
    const [, properties] = this.#functionOf(caller);
    return sessionOf(properties.Role);
  }

  #functionOf(start: string) {
    const found = this.template.ofType('AWS::Lambda::Function').filter(([id]) => id.startsWith(start));
    if (found.length !== 1 || found[0] === undefined)
      throw new Error(`${found.length} functions begin with ${start}`);
    return found[0];
  }
}
