import {
  IdempotencyAlreadyInProgressError,
  IdempotencyConfig,
  makeIdempotent,
} from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  type PutItemCommandInput,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { Context } from 'aws-lambda';
import { sha256 } from '../../../contract/identity.ts';
import type { GuaranteeMaker } from '../actors/part.ts';
import type { VirtualProcess } from '../world/virtual-process.ts';

type Item = Record<string, AttributeValue>;

/** By world: a run shares its table with no other. */
const tables = new WeakMap<object, Map<string, Item>>();

/** What Powertools asks for before it writes; any other condition would need another table. */
const condition =
  'attribute_not_exists(#id) OR #expiry < :now OR ' +
  '(#status = :inprogress AND attribute_exists(#in_progress_expiry) AND #in_progress_expiry < :now_in_millis)';

/**
 * Powertools' own flow and its own persistence layer, in the place of the lease: an ordinary handler under
 * `makeIdempotent`. What it does about an unclear error, a stale owner or a lost answer is its own.
 */
export const powertools: GuaranteeMaker = (process, world) => {
  const table = tables.get(world) ?? new Map<string, Item>();
  tables.set(world, table);
  const persistenceStore = new DynamoDBPersistenceLayer({
    tableName: 'idempotency',
    awsSdkV3Client: clientOf(process, table),
  });
  return {
    name: 'at-most-once',
    kind: 'external',
    async settle({ event, identity, end }, handle, { clock }) {
      const config = new IdempotencyConfig({ eventKeyJmesPath: 'key', throwOnNoIdempotencyKey: true });
      config.registerLambdaContext({ getRemainingTimeInMillis: () => end - clock.now() } as Context);
      let applied = false;
      const call = makeIdempotent(
        async ({ key }: { readonly key: string }) => {
          const { signal } = new AbortController();
          applied = true;
          const context = { idempotencyKey: sha256(key), remainingTime: () => end - clock.now(), signal };
          return (await handle(event, context)) ?? null;
        },
        { persistenceStore, config },
      );
      try {
        await call({ key: identity.id });
        if (applied) return { outcome: 'applied' };
        return { outcome: 'duplicate', appliedWith: undefined, result: undefined };
      } catch (error) {
        if (!(error instanceof IdempotencyAlreadyInProgressError)) throw error;
        return { outcome: 'busy', leaseUntil: end };
      }
    },
    async quarantine() {},
    async recordRefusal(_, error) {
      return { outcome: 'refused', error };
    },
    async skipped() {
      return undefined;
    },
  };
};

/** Of the client what the layer uses. */
function clientOf(process: VirtualProcess, table: Map<string, Item>): DynamoDBClient {
  const lost = (): never => {
    throw new Error('no answer');
  };
  const send = (command: { readonly input: object }) =>
    process.call(command.constructor.name, () => answerOf(command, table), { lost, throttled: lost });
  const middlewareStack = { identify: () => [], add: () => {}, addRelativeTo: () => {}, use: () => {} };
  return { send, config: {}, middlewareStack } as unknown as DynamoDBClient;
}

function answerOf(command: { readonly input: object }, table: Map<string, Item>): object {
  if (command instanceof PutItemCommand) {
    const { Item = {} } = command.input;
    const key = Item.id?.S ?? '';
    const held = table.get(key);
    if (!allows(command.input, held)) {
      throw new ConditionalCheckFailedException({
        $metadata: {},
        message: 'refused',
        ...(held && { Item: held }),
      });
    }
    table.set(key, Item);
    return {};
  }
  const { Key = {} } = command.input as { Key?: Item };
  const key = Key.id?.S ?? '';
  if (command instanceof GetItemCommand) return { Item: table.get(key) };
  if (command instanceof DeleteItemCommand) table.delete(key);
  else if (command instanceof UpdateItemCommand)
    table.set(key, updated(table.get(key) ?? Key, command.input));
  else throw new Error(`${command.constructor.name} is not known here`);
  return {};
}

function allows(
  { ConditionExpression, ExpressionAttributeValues: values = {} }: PutItemCommandInput,
  held?: Item,
) {
  if (ConditionExpression !== condition) throw new Error(`Another condition: ${ConditionExpression}`);
  if (held === undefined || Number(held.expiration?.N) < Number(values[':now']?.N)) return true;
  const leaseEnd = held.in_progress_expiration?.N;
  if (held.status?.S !== 'INPROGRESS' || leaseEnd === undefined) return false;
  return Number(leaseEnd) < Number(values[':now_in_millis']?.N);
}

function updated(item: Item, input: UpdateItemCommandInput): Item {
  const {
    UpdateExpression = '',
    ExpressionAttributeNames: names = {},
    ExpressionAttributeValues: values = {},
  } = input;
  const sets = UpdateExpression.replace(/^SET /, '')
    .split(', ')
    .map((set) => set.split(' = '));
  const changes = sets.map(([name = '', value = '']) => [names[name], values[value]]);
  return { ...item, ...Object.fromEntries(changes) };
}
