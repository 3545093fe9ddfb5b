import { SQSClient, type SQSClientConfig } from '@aws-sdk/client-sqs';
import type { SQSEvent, SQSRecord } from 'aws-lambda';

interface SdkRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/**
 * A FIFO queue for a polling consumer, which cannot take Lambda's batches. It delivers one message of a group at a
 * time, in order. Its client's requests stay in this process and take no time.
 */
export class PolledQueue {
  readonly url = 'http://sqs.in-memory/000000000000/orders.fifo';
  #waiting: SQSRecord[] = [];
  readonly #inFlight = new Map<string, SQSRecord>();
  readonly #polls: (() => void)[] = [];
  #done = () => {};

  /** Resolves when each message of the batch is deleted. */
  hand({ Records }: SQSEvent): Promise<void> {
    this.#waiting = [...Records];
    const done = new Promise<void>((resolve) => {
      this.#done = resolve;
    });
    this.#wake();
    return done;
  }

  /** @param config Default: from the environment. */
  connect(config: SQSClientConfig = {}): SQSClient {
    return new SQSClient({
      ...config,
      endpoint: new URL(this.url).origin,
      md5: false,
      requestHandler: {
        metadata: { handlerProtocol: 'in memory' },
        handle: async ({ headers, body = '' }: SdkRequest) => {
          const [, operation = ''] = headers['x-amz-target']?.split('.') ?? [];
          const text = typeof body === 'string' ? body : new TextDecoder().decode(body);
          const output = await this.#answer(operation, JSON.parse(text));
          const answered = { 'content-type': 'application/x-amz-json-1.0' };
          const bytes = Buffer.from(JSON.stringify(output));
          return { response: { statusCode: 200, headers: answered, body: bytes } };
        },
      },
    });
  }

  async #answer(operation: string, { ReceiptHandle = '' }: { ReceiptHandle?: string }): Promise<object> {
    switch (operation) {
      case 'GetQueueAttributes':
        return {
          Attributes: {
            VisibilityTimeout: '180',
            QueueArn: 'arn:aws:sqs:us-east-1:000000000000:orders.fifo',
          },
        };
      case 'ReceiveMessage':
        return { Messages: [messageOf(await this.#receive())] };
      case 'DeleteMessage':
        this.#inFlight.delete(ReceiptHandle);
        if (this.#waiting.length + this.#inFlight.size === 0) this.#done();
        this.#wake();
        return {};
      default:
        throw new Error(`The queue of the benchmark has no ${operation}`);
    }
  }

  async #receive(): Promise<SQSRecord> {
    for (;;) {
      const busy = new Set([...this.#inFlight.values()].map(groupOf));
      const place = this.#waiting.findIndex((record) => !busy.has(groupOf(record)));
      const [record] = place === -1 ? [] : this.#waiting.splice(place, 1);
      if (record !== undefined) {
        this.#inFlight.set(record.receiptHandle, record);
        return record;
      }
      await new Promise<void>((resolve) => this.#polls.push(resolve));
    }
  }

  #wake(): void {
    for (const poll of this.#polls.splice(0)) poll();
  }
}

function groupOf({ attributes }: SQSRecord): string {
  return attributes.MessageGroupId ?? '';
}

function messageOf({ messageId, receiptHandle, body, attributes }: SQSRecord) {
  return { MessageId: messageId, ReceiptHandle: receiptHandle, Body: body, Attributes: attributes };
}
