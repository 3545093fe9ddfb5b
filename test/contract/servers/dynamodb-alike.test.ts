import { DeleteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as fc from 'fast-check';
import { ordersTable } from '../../../contract/orders/order-tables.ts';
import { answerTo, type WireAnswer } from '../../support/dynamodb/answer.ts';
import type { Item, Value } from '../../support/dynamodb/item.ts';
import { memoryDynamoDb } from '../../support/dynamodb/memory-dynamodb.ts';
import { type Exchange, exchanges, itemsOfConditions } from './dynamodb-exchanges.ts';
import { canRunDynamoDbLocal, createTables, startDynamoDbLocal, tables } from './dynamodb-local.ts';

/** Answers a request of the wire. */
type Server = (operation: string, body: string) => Promise<WireAnswer>;

/** What a client can tell servers apart by; the wording of errors is each one's own. */
interface Outcome {
  readonly status: number;
  readonly error: string | undefined;
  readonly answer: Readonly<Record<string, unknown>>;
}

async function outcomeOf(server: Server, { operation, input }: Exchange): Promise<Outcome> {
  const { statusCode: status, body } = await server(operation, JSON.stringify(input));
  const { __type: type, message, Message, ...answer } = JSON.parse(body);
  // Told unasked, of a deletion of nothing.
  const { CancellationReasons: reasons, ConsumedCapacity: _, ...other } = answer;
  const told = reasons?.map(({ Code, Item: item }: { Code: string; Item?: Item }) => ({ Code, Item: item }));
  const error = type?.split('#').at(-1);
  return { status, error, answer: { ...other, ...(told && { reasons: told }) } };
}

describe("DynamoDB in memory and Amazon's DynamoDB Local", () => {
  if (!canRunDynamoDbLocal) {
    test.skip('answer alike (needs Java and Maven)', () => {});
    return;
  }
  let local: Awaited<ReturnType<typeof startDynamoDbLocal>>;
  let client: DynamoDBClient;
  let localServer: Server;
  beforeAll(async () => {
    local = await startDynamoDbLocal();
    client = local.connect();
    await createTables(client);
    localServer = async (operation, body) => {
      const response = await fetch(`http://${local.host}:${local.port}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-amz-json-1.0',
          'x-amz-target': `DynamoDB_20120810.${operation}`,
          // It looks at no signature; accounts and regions have tables of their own.
          authorization:
            'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
        },
        body,
      });
      return { statusCode: response.status, body: await response.text() };
    };
  });
  afterAll(() => local?.stop());

  /** Both servers, over the same items; the outcome, and what the items are then. */
  async function bothOutcomes(exchange: Exchange): Promise<readonly unknown[]> {
    const memory = memoryDynamoDb({ [tables.orders]: [ordersTable.key] });
    const servers = [async (...request: Parameters<Server>) => answerTo(memory, ...request), localServer];
    return await Promise.all(
      servers.map(async (server) => {
        for (const item of exchange.given ?? []) {
          const input = { TableName: tables.orders, Item: item };
          await server('PutItem', JSON.stringify(input));
        }
        const outcome = await outcomeOf(server, exchange);
        const scan = server === localServer ? await items() : [...memory.items(tables.orders).values()];
        return { ...outcome, items: sorted(scan) };
      }),
    );
  }

  /** What DynamoDB Local holds, which is nothing then. */
  async function items(): Promise<Item[]> {
    const { body } = await localServer('Scan', JSON.stringify({ TableName: tables.orders }));
    const { Items } = JSON.parse(body) as { Items: Item[] };
    for (const { orderId } of Items) {
      const Key = { orderId: orderId as { S: string } };
      await client.send(new DeleteItemCommand({ TableName: tables.orders, Key }));
    }
    return Items;
  }

  it.each(exchanges)('answer $name alike', async (exchange) => {
    const [memory, amazon] = await bothOutcomes(exchange);
    expect(memory).toEqual(amazon);
  });

  it('agree on any condition', async () => {
    const run = fc.asyncProperty(condition(), fc.constantFrom(...itemsOfConditions), async (said, item) => {
      const names = [...new Set(said.match(/#\w+/g))];
      const values = [...new Set(said.match(/:\w+/g))];
      const [memory, amazon] = await bothOutcomes({
        name: said,
        given: item === undefined ? [] : [item],
        operation: 'PutItem',
        input: {
          TableName: tables.orders,
          Item: { orderId: item?.orderId ?? { S: 'one' } },
          ConditionExpression: said,
          ...(names.length > 0 && {
            ExpressionAttributeNames: Object.fromEntries(names.map((name) => [name, name.slice(1)])),
          }),
          ...(values.length > 0 && {
            ExpressionAttributeValues: Object.fromEntries(
              values.map((name) => [name, givenValues[name.slice(1) as keyof typeof givenValues]]),
            ),
          }),
        },
      });
      expect(memory).toEqual(amazon);
    });
    await fc.assert(run, { numRuns: 400, seed: 1 });
  });
});

const givenValues = {
  five: { N: '5' },
  six: { N: '6.0' },
  ab: { S: 'ab' },
  b: { S: 'b' },
  yes: { BOOL: true },
  list: { L: [{ N: '1' }, { S: 'x' }] },
  map: { M: { deep: { N: '1.5' } } },
  typeS: { S: 'S' },
  typeN: { S: 'N' },
} as const satisfies Readonly<Record<string, Value>>;

/** Conditions of the grammar, with and without brackets, some of them wrong. */
function condition(): fc.Arbitrary<string> {
  const path = fc.constantFrom('#orderId', '#text', '#number', '#flag', '#list', '#map', '#nothing');
  const value = fc.constantFrom(...Object.keys(givenValues).map((name) => `:${name}`));
  const operand = fc.oneof({ weight: 2, arbitrary: path }, { weight: 2, arbitrary: value });
  const comparator = fc.constantFrom('=', '<>', '<', '<=', '>', '>=');
  const leaf = fc.oneof(
    fc.tuple(path, comparator, operand).map((parts) => parts.join(' ')),
    fc.tuple(value, comparator, path).map((parts) => parts.join(' ')),
    path.map((name) => `attribute_exists(${name})`),
    path.map((name) => `attribute_not_exists(${name})`),
    fc
      .tuple(path, fc.constantFrom(':typeS', ':typeN'))
      .map(([name, type]) => `attribute_type(${name}, ${type})`),
    fc
      .tuple(path, fc.array(operand, { minLength: 1, maxLength: 3 }))
      .map(([name, choices]) => `${name} IN (${choices.join(', ')})`),
  );
  const { tree } = fc.letrec<{ tree: string }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      leaf,
      fc.tuple(tie('tree'), fc.constantFrom('AND', 'OR'), tie('tree')).map((parts) => parts.join(' ')),
      tie('tree').map((inner) => `NOT ${inner}`),
      tie('tree').map((inner) => `(${inner})`),
    ),
  }));
  return tree;
}

function sorted(items: readonly Item[]): Item[] {
  return [...items].sort((a, b) => (String(a.orderId?.S) < String(b.orderId?.S) ? -1 : 1));
}
