import { resolve } from 'node:path';
import { cwd } from 'node:process';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { ConfigurationError } from '../contract/errors.ts';
import { canonicalJson } from '../contract/event/canonical-json.ts';
import type { CloudEvent } from '../contract/event/cloud-event.ts';
import { deduplicationId } from '../publisher/deduplication.ts';
import { type PublishOptions, type PublishSummary, publish } from '../publisher/index.ts';
import { checkTopicArn } from '../publisher/topic/sns-topic.ts';
import type { ClientConfig } from './endpoint/client-config.ts';
import { chosenEmulator, type EmulatorName } from './endpoint/emulators.ts';
import { consumedQueues } from './project/consumed-queues.ts';
import { type DeployedProject, deployProject } from './project/deploy-project.ts';
import { Arrivals } from './queues/arrivals.ts';
import { drain, drainTimeoutSeconds } from './queues/drain.ts';

export interface StartLocalOptions {
  /** Folder of the CDK project, with its `cdk.json` and its `aws-cdk`. @default - the working directory */
  readonly folder?: string;
  /** Command that synthesizes the app, for example `npx tsx bin/app.ts`. @default - the one of `cdk.json` */
  readonly app?: string;
  /** Name of the stack, or a pattern with `*`, `?` and `{one,other}`: `*` is all stacks. @default - the app's only stack */
  readonly stackName?: string;
  /** Context of the app, as `cdk deploy --context` takes it. @default - none */
  readonly context?: Readonly<Record<string, string>>;
  /** The emulator to start. @default ministack */
  readonly emulator?: EmulatorName;
  /** Called with the name of each slow step. @default - nobody is told */
  readonly onStep?: (step: string) => void;
}

/** A stack that runs on this machine. */
export interface RunningStack {
  /** The outputs of the deployed stacks by name. A later stack's output replaces one of the same name. */
  readonly outputs: Readonly<Record<string, string>>;
  /**
   * Settings for your own clients of the AWS SDK: `new S3Client(stack.clientConfig)`. Only the endpoint, a Region and keys that
   * AWS never accepts.
   */
  readonly clientConfig: ClientConfig;
  /**
   * Publishes events to a FIFO topic with the publisher of this package: in order within each `partitionkey`.
   *
   * @param events One event, or several. Give each test its own ids: an event that was applied once is a duplicate then.
   * @param options The broker removes an equal event within 5 minutes. `{ deduplication: () => randomUUID() }` delivers it
   *   again, as after these minutes.
   * @throws PublishError that names the event by its number; ConfigurationError if the topic is not FIFO.
   */
  publish<Event extends CloudEvent>(
    topicArn: string,
    events: Event | readonly Event[],
    options?: Pick<PublishOptions<Event>, 'deduplication'>,
  ): Promise<PublishSummary>;
  /**
   * Waits until queues are empty: every message is applied, or moved to a dead-letter queue. It begins when the topics have handed
   * over what `publish` sent. However slow the machine is, it
   * waits as long as messages are settled.
   *
   * @param queueUrls The queues. @default - every queue that a function of the deployed stacks reads
   * @throws An error with the code `STALLED` that names the queues, if none of their messages was settled for 6 minutes.
   */
  drained(queueUrls?: readonly string[]): Promise<void>;
  /**
   * Reads an item of a DynamoDB table, strongly consistent.
   *
   * @param key The whole key: `{ member: 'ada' }`.
   * @returns The item as plain values; `undefined` if there is none.
   */
  read(
    tableName: string,
    key: Readonly<Record<string, string | number>>,
  ): Promise<Record<string, unknown> | undefined>;
  /**
   * Stops the emulator, and removes everything that ran in it. At an endpoint that was there before (AWS_ENDPOINT_URL) the stack
   * stays. Safe to call again.
   */
  close(): Promise<void>;
}

/**
 * Starts an emulator of AWS on this machine and deploys your own CDK app to it, for an integration test in Jest, Vitest or
 * `node:test`. It needs neither Docker nor an AWS account, and takes about as long as `cdk deploy`: start it once for all tests
 * of a file.
 *
 * If AWS_ENDPOINT_URL is set, it deploys there and starts nothing: for example to the emulator of `npx order-once local` in another
 * terminal.
 *
 * @example
 * ```ts
 * let stack: RunningStack;
 * beforeAll(async () => {
 *   stack = await startLocal();
 * }, 300_000);
 * afterAll(() => stack?.close());
 *
 * test('counts a purchase that is published twice once', async () => {
 *   const made = anEvent({ type: 'purchase.made', partitionkey: 'ada', data: { euros: 20 } });
 *   await stack.publish(stack.outputs.TopicArn, [made, made]);
 *   await stack.drained();
 *   expect(await stack.read(stack.outputs.MembersTableName, { member: 'ada' })).toEqual({ member: 'ada', points: 20 });
 * }, 300_000);
 * ```
 * @throws ConfigurationError if there is no app, no such stack or no such emulator; ToolError if the project has no aws-cdk, or the
 *   emulator cannot be installed; EndpointError if the emulator does not start or answer; DeploymentError with the CDK's output.
 *   Nothing is left running then.
 */
export async function startLocal(options: StartLocalOptions = {}): Promise<RunningStack> {
  const { folder = cwd(), onStep, ...others } = options;
  const emulator = chosenEmulator(options.emulator, 'emulator');
  return running(await deployProject({ ...others, folder: resolve(folder), emulator }, onStep));
}

function running({ endpoint, outputs, resources }: DeployedProject): RunningStack {
  const { clientConfig } = endpoint;
  const dynamoDb = new DynamoDBClient(clientConfig);
  const sns = new SNSClient(clientConfig);
  const sqs = new SQSClient(clientConfig);
  const arrivals = new Arrivals(clientConfig);
  const close = async () => {
    try {
      // An emulator of this process ends with everything in it.
      if (!endpoint.started) await arrivals.remove();
    } finally {
      arrivals.close();
      for (const client of [dynamoDb, sns, sqs]) client.destroy();
      await endpoint.stop();
    }
  };
  let closed: Promise<void> | undefined;
  /** A test should fail with the end of the emulator's log, and not with a refused connection. */
  const whileRunning = <T>(work: Promise<T>): Promise<T> => Promise.race([work, endpoint.died]);
  return {
    outputs: Object.assign({}, ...Object.values(outputs)),
    clientConfig,
    async publish<Event extends CloudEvent>(
      topicArn: string,
      events: Event | readonly Event[],
      { deduplication = 'content' }: Pick<PublishOptions<Event>, 'deduplication'> = {},
    ) {
      checkTopicArn(topicArn);
      await whileRunning(arrivals.watch(topicArn));
      const lines = [events].flat().map((event) => JSON.stringify(event));
      const onPublished = (event: Event) =>
        arrivals.published(topicArn, canonicalJson(event), deduplicationId(event, deduplication));
      return await whileRunning(publish(lines, { topicArn, client: sns, deduplication, onPublished }));
    },
    async drained(queueUrls) {
      const found = queueUrls ?? (await consumedQueues(clientConfig, resources));
      if (found.length === 0)
        throw new ConfigurationError(
          'No queue of the stack has a function: name queues, drained([queueUrl])',
        );
      await whileRunning(arrivals.complete());
      await whileRunning(drain(sqs, found, drainTimeoutSeconds(0), () => {}));
    },
    async read(tableName, key) {
      const command = new GetItemCommand({ TableName: tableName, Key: marshall(key), ConsistentRead: true });
      const { Item } = await whileRunning(dynamoDb.send(command));
      return Item && unmarshall(Item);
    },
    close() {
      closed ??= close();
      return closed;
    },
  };
}
