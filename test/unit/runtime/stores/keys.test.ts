import type {
  DescribeTableCommand,
  DescribeTableCommandOutput,
  DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { keysOver } from '../../../../runtime/stores/dynamodb/keys.ts';

type Table = DescribeTableCommandOutput['Table'];

const KeySchema = [
  { AttributeName: 'orderId', KeyType: 'HASH' },
  { AttributeName: 'line', KeyType: 'RANGE' },
] as const;

/** A client of which each request gets the next answer; the last one goes on. */
function clientThat(...answers: readonly (Table | Error)[]) {
  const asked: (string | undefined)[] = [];
  const send = async ({ input }: DescribeTableCommand) => {
    asked.push(input.TableName);
    const answer = answers[Math.min(asked.length, answers.length) - 1];
    if (answer instanceof Error) throw answer;
    return { Table: answer };
  };
  return { client: { send } as unknown as DynamoDBClient, asked };
}

const named = (name: string) => Object.assign(new Error(name), { name });

describe('the keys of a table', () => {
  it('are asked for once in a process', async () => {
    const { client, asked } = clientThat({ KeySchema: [...KeySchema] });
    const keysOf = keysOver(client);
    await expect(Promise.all([keysOf('lines'), keysOf('lines')])).resolves.toEqual([
      ['orderId', 'line'],
      ['orderId', 'line'],
    ]);
    expect(asked).toEqual(['lines']);
  });

  it.each([
    ['global', { GlobalSecondaryIndexes: [{ IndexName: 'by-day' }] }],
    ['local', { LocalSecondaryIndexes: [{ IndexName: 'by-day' }] }],
  ])('are not told where a %s index may refuse what the table takes', async (_, indexes) => {
    const { client } = clientThat({ KeySchema: [...KeySchema], ...indexes });
    await expect(keysOver(client)('lines')).resolves.toBeUndefined();
  });

  it('are asked for again after an error that passes', async () => {
    const { client, asked } = clientThat(named('ThrottlingException'), { KeySchema: [...KeySchema] });
    const keysOf = keysOver(client);
    await expect(keysOf('lines')).resolves.toBeUndefined();
    await expect(keysOf('lines')).resolves.toEqual(['orderId', 'line']);
    expect(asked).toHaveLength(2);
  });

  it('are not asked for again where the function may not ask', async () => {
    const { client, asked } = clientThat(named('AccessDeniedException'));
    const keysOf = keysOver(client);
    for (let n = 0; n < 3; n++) await expect(keysOf('lines')).resolves.toBeUndefined();
    expect(asked).toHaveLength(1);
  });
});
