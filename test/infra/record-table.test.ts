import { Template } from 'aws-cdk-lib/assertions';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { RecordTable } from '../../lib/index.ts';
import { shop } from './support.ts';

interface Index {
  readonly IndexName: string;
  readonly KeySchema: readonly { readonly AttributeName: string; readonly KeyType: string }[];
  readonly Projection: { readonly ProjectionType: string; readonly NonKeyAttributes?: readonly string[] };
}

function indexesOf(props: { readonly findBySubject?: boolean }): readonly Index[] {
  const stack = shop();
  new RecordTable(stack, 'Records', props);
  const [table] = Object.values(Template.fromStack(stack).findResources('AWS::DynamoDB::Table'));
  return table?.Properties.GlobalSecondaryIndexes;
}

describe('the record table', () => {
  it('lists for operators neither bodies nor results', () => {
    const [attention, ...others] = indexesOf({});
    expect(others).toEqual([]);
    expect(attention).toMatchObject({
      IndexName: 'attention',
      KeySchema: [
        { AttributeName: 'attention', KeyType: 'HASH' },
        { AttributeName: 'attention_at', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'INCLUDE' },
    });
    // DynamoDB's most for all projected attributes of a table is 100.
    const projected = attention?.Projection.NonKeyAttributes ?? [];
    expect(projected).toEqual(
      expect.arrayContaining(['status', 'attention_code', 'next_try_at', 'last_error']),
    );
    for (const large of ['body', 'data']) expect(projected).not.toContain(large);
  });

  it('finds records by their subject only if it is told to, because that costs a write unit', () => {
    expect(indexesOf({ findBySubject: true })).toContainEqual({
      IndexName: 'subject',
      KeySchema: [{ AttributeName: 'subject', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    });
  });
});

test('operators may read, decide and remove entries of dead letters, and delete no record of an event', () => {
  const stack = shop();
  const records = new RecordTable(stack, 'Operated');
  records.grantOperations(new Role(stack, 'OnCall', { assumedBy: new AccountRootPrincipal() }));
  const [policy] = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
  const statements: { Action: string | string[]; Condition?: unknown }[] =
    policy?.Properties.PolicyDocument.Statement;
  expect(statements.map(({ Action, Condition }) => ({ Action, Condition }))).toEqual([
    {
      Action: ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
      Condition: undefined,
    },
    {
      Action: 'dynamodb:DeleteItem',
      Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['*#%letter#*'] } },
    },
  ]);
});
