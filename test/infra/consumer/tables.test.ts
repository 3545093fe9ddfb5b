import { Stack } from 'aws-cdk-lib';
import {
  AttributeType,
  type ITable,
  Table,
  TableEncryption,
  TableEncryptionV2,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb';
import { Key } from 'aws-cdk-lib/aws-kms';
import { DataTable, type EffectKind, type EffectTable } from '../../../lib/index.ts';
import { newApp, resource, resources, shop } from '../support.ts';
import { bookings } from './support.ts';

/** The function's tables, as the template says them: references as `<logical id without its hash>`. */
function tablesOf(stack: Stack) {
  const { Environment } = resource(stack, 'AWS::Lambda::Function').Properties;
  const value: string | { readonly 'Fn::Join': [string, (string | { readonly Ref: string })[]] } =
    Environment.Variables.ORDER_ONCE_TABLES;
  if (typeof value === 'string') return JSON.parse(value);
  const [, parts] = value['Fn::Join'];
  return JSON.parse(
    parts.map((part) => (typeof part === 'string' ? part : `<${part.Ref.slice(0, -8)}>`)).join(''),
  );
}

/** The actions that the function is granted on what begins with a logical id. */
function grantedOn(stack: Stack, logicalId: string): string[] {
  return Object.values(resources(stack))
    .filter(({ Type }) => Type === 'AWS::IAM::Policy')
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
    .filter(({ Resource }) => JSON.stringify(Resource).includes(`"${logicalId}`))
    .flatMap(({ Action }) => Action);
}

const partitionKey = { name: 'hall', type: AttributeType.STRING };
const sortKey = { name: 'seat', type: AttributeType.STRING };

test('the function gets names and keys of its tables, whatever construct created them', () => {
  const stack = shop();
  const tables: Record<string, EffectTable['table']> = {
    halls: new DataTable(stack, 'Halls', { partitionKey: 'hall' }),
    seats: new Table(stack, 'Seats', { sortKey, partitionKey }),
    plans: new TableV2(stack, 'Plans', { partitionKey, sortKey }),
    old: Table.fromTableName(stack, 'Old', 'old-bookings'),
  };
  bookings(stack, {
    tables: Object.fromEntries(
      Object.entries(tables).map(([name, table]) => [name, { table, effects: ['put'] }]),
    ),
  });
  expect(tablesOf(stack)).toEqual({
    halls: { tableName: '<Halls>', key: ['hall'] },
    seats: { tableName: '<Seats>', key: ['hall', 'seat'] },
    plans: { tableName: '<Plans>', key: ['hall', 'seat'] },
    old: { tableName: 'old-bookings' },
  });
});

test('a table of another stack has its name there', () => {
  const app = newApp();
  const table = new DataTable(new Stack(app, 'Shared'), 'Halls', { partitionKey: 'hall' });
  const stack = new Stack(app, 'Shop');
  bookings(stack, { tables: { halls: { table, effects: ['increment'] } } });
  const { Environment } = resource(stack, 'AWS::Lambda::Function').Properties;
  expect(JSON.stringify(Environment.Variables.ORDER_ONCE_TABLES)).toContain('Fn::ImportValue');
});

test('a function without tables gets an empty list of them', () => {
  const stack = shop();
  bookings(stack);
  expect(tablesOf(stack)).toEqual({});
});

describe('the function may only do what its effects need, on their table', () => {
  test.each<[EffectKind[], string[]]>([
    [['put'], ['dynamodb:PutItem']],
    [['putIfNewer'], ['dynamodb:PutItem']],
    [['removeIfNewer'], ['dynamodb:PutItem']],
    [['increment'], ['dynamodb:UpdateItem']],
    [['remove'], ['dynamodb:DeleteItem']],
    [
      ['increment', 'remove'],
      ['dynamodb:DeleteItem', 'dynamodb:UpdateItem'],
    ],
    [[], []],
  ])('%j', (effects, actions) => {
    const stack = shop();
    const table = new DataTable(stack, 'Halls', { partitionKey: 'hall' });
    const other = new DataTable(stack, 'Seats', { partitionKey: 'seat' });
    bookings(stack, {
      tables: { halls: { table, effects }, seats: { table: other, effects: ['increment'] } },
    });
    expect(grantedOn(stack, 'Halls').sort()).toEqual(actions);
    expect(grantedOn(stack, 'Seats')).toEqual(['dynamodb:UpdateItem']);
  });

  test.each<[string, (stack: Stack, encryptionKey: Key) => ITable]>([
    [
      'Table',
      (stack, encryptionKey) =>
        new Table(stack, 'Halls', {
          partitionKey,
          encryption: TableEncryption.CUSTOMER_MANAGED,
          encryptionKey,
        }) as ITable,
    ],
    [
      'TableV2',
      (stack, encryptionKey) =>
        new TableV2(stack, 'Halls', {
          partitionKey,
          encryption: TableEncryptionV2.customerManagedKey(encryptionKey),
        }) as ITable,
    ],
  ])('and may use the encryption key of a %s', (_, tableOf) => {
    // CDK renders the key of a TableV2 for a known Region alone.
    const stack = new Stack(newApp(), 'Shop', { env: { region: 'eu-west-1' } });
    const table = tableOf(stack, new Key(stack, 'HallsKey'));
    bookings(stack, { tables: { halls: { table, effects: ['put'] } } });
    expect(grantedOn(stack, 'HallsKey')).toEqual(expect.arrayContaining(['kms:Decrypt', 'kms:Encrypt']));
  });
});

test('synthesis fails for an unknown kind of effect, and names the known ones', () => {
  const stack = shop();
  const table = new DataTable(stack, 'Halls', { partitionKey: 'hall' });
  const effects = ['insert' as 'put'];
  expect(() => bookings(stack, { tables: { halls: { table, effects } } })).toThrow(
    'tables.halls.effects has "insert" in it; it may have "put", "putIfNewer", "removeIfNewer", "increment", "remove"',
  );
});
