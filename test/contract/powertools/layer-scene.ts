import { createHash, randomUUID } from 'node:crypto';
import {
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { recordAttributes as attribute } from '../../../contract/record/record-attributes.ts';
import { tables } from '../servers/dynamodb-local.ts';
import { type Call, clock, fenced, type Input, keyPrefix, processOf } from './calls.ts';

export const minute = 60_000;
export const validated = { payloadValidationJmesPath: 'body' };

/** One key in the table, the calls that meet over it, and what plants and reads around them. */
export class Scene {
  readonly client: DynamoDBClient;
  readonly planting: DynamoDBClient;
  readonly key = randomUUID();
  readonly kind = fenced();

  constructor(client: DynamoDBClient, planting: DynamoDBClient) {
    this.client = client;
    this.planting = planting;
  }

  input(body = 'body'): Input {
    return { key: this.key, body };
  }

  call(over: Partial<Call> = {}): Call {
    return { kind: this.kind, client: this.client, remaining: minute, config: validated, ...over };
  }

  /** What a call is answered with: its result, or the name of what it throws. */
  async answer(body?: string, over?: Partial<Call>): Promise<unknown> {
    return await processOf(
      this.call(over),
      () => 'ran',
    )(this.input(body)).catch((error: Error) => error.name);
  }

  async plant(record: Partial<Record<keyof typeof attribute, unknown>>): Promise<void> {
    const entries = Object.entries({ id: this.id, expiration: seconds() + 1000, ...record });
    const named = entries.map(([name, value]) => [attribute[name as keyof typeof attribute], value]);
    const Item = marshall(Object.fromEntries(named), { removeUndefinedValues: true });
    await this.planting.send(new PutItemCommand({ TableName: tables.records, Item }));
  }

  async found(): Promise<Record<string, unknown> | undefined> {
    const { Item } = await this.planting.send(
      new GetItemCommand({ TableName: tables.records, Key: marshall({ id: this.id }), ConsistentRead: true }),
    );
    return Item && unmarshall(Item);
  }

  async remove(): Promise<void> {
    await this.planting.send(
      new DeleteItemCommand({ TableName: tables.records, Key: marshall({ id: this.id }) }),
    );
  }

  get id(): string {
    return `${keyPrefix}#${hashOf(this.key)}`;
  }
}

/** As Powertools hashes a value. */
export function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64');
}

export const isFenced = ({ cause }: Error) => (cause as { code?: string }).code === 'FENCED';
export const isOfLaterFormat = ({ cause }: Error) =>
  /has format \d+, and this version knows/.test((cause as Error).message);

export const seconds = () => Math.floor(clock.now() / 1000);
export const inProgress = 'IdempotencyAlreadyInProgressError';
export const otherPayload = 'IdempotencyValidationError';

export interface LayerCase {
  readonly name: string;
  run(scene: Scene): Promise<void>;
}
