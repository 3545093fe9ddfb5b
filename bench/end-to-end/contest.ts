import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import {
  LambdaClient,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { parseOrderEvent } from '../../contract/orders/order-event.ts';
import { type StoreProxy, startStoreProxy } from '../../lab/faults/proxy/store-proxy.ts';
import { redirect } from '../../lab/target/redirect.ts';
import type { TableNames } from '../../lab/verify/tables.ts';
import type { ClientConfig } from '../../local/endpoint/client-config.ts';
import { drain, drainTimeoutSeconds } from '../../local/queues/drain.ts';
import { publish } from '../../publisher/index.ts';
import { workTime } from './work-time.ts';

/** A consumer of the topic, and its tables. */
export interface Deployed extends TableNames {
  readonly queueUrl: string;
  readonly functionName: string;
}

/** The consumers of one topic. Each gets every order, and works only during its own turn. */
export class Contest {
  readonly #clientConfig: ClientConfig;
  readonly #topicArn: string;
  readonly #sns: SNSClient;
  readonly #sqs: SQSClient;
  readonly #lambda: LambdaClient;
  readonly #logs: CloudWatchLogsClient;

  constructor(clientConfig: ClientConfig, topicArn: string) {
    this.#clientConfig = clientConfig;
    this.#topicArn = topicArn;
    this.#sns = new SNSClient(clientConfig);
    this.#sqs = new SQSClient(clientConfig);
    this.#lambda = new LambdaClient(clientConfig);
    this.#logs = new CloudWatchLogsClient(clientConfig);
  }

  /** @param lines Orders as JSON. Every consumer gets all of them. */
  async publish(lines: readonly string[]): Promise<void> {
    await publish(lines, {
      topicArn: this.#topicArn,
      client: this.#sns,
      parse: (line) => parseOrderEvent({ body: line }),
    });
  }

  /** Lets a consumer empty its queue. @returns Working time in ms. */
  async work({ queueUrl, functionName }: Deployed): Promise<number> {
    const since = Date.now();
    await this.#setEnabled(functionName, true);
    await drain(this.#sqs, [queueUrl], drainTimeoutSeconds(0), () => {});
    await this.#setEnabled(functionName, false);
    return await workTime(this.#logs, functionName, since);
  }

  /** Pauses a consumer, so that its queue fills. */
  async rest({ functionName }: Deployed): Promise<void> {
    await this.#setEnabled(functionName, false);
  }

  /** Sends a consumer's requests to DynamoDB through a counting proxy. */
  async watch({ functionName }: Deployed): Promise<StoreProxy> {
    const neverAway = { after: Number.POSITIVE_INFINITY, seconds: 0, seed: 0 };
    const proxy = await startStoreProxy({ endpoint: this.#clientConfig.endpoint, ...neverAway });
    await redirect(this.#clientConfig, functionName, { DYNAMODB: proxy.url });
    return proxy;
  }

  async #setEnabled(functionName: string, Enabled: boolean): Promise<void> {
    const { EventSourceMappings = [] } = await this.#lambda.send(
      new ListEventSourceMappingsCommand({ FunctionName: functionName }),
    );
    for (const { UUID } of EventSourceMappings) {
      await this.#lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled }));
    }
  }
}
