import type { Item, Value } from '../../support/dynamodb/item.ts';

/**
 * One request to DynamoDB, over what the tables hold; every server has to answer alike. None has a number with zeros at
 * its end inside of a document, or makes one: DynamoDB trims them (Developer Guide, "Data types"), and DynamoDB Local does
 * not. Nor is any an addition to a text in a transaction: a reason of its cancellation (API Reference,
 * "TransactWriteItems"), and to DynamoDB Local a mistake of the request.
 */
export interface Exchange {
  readonly name: string;
  /** Items of table `orders`, whose key is `orderId`. */
  readonly given?: readonly Item[];
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

const table = { TableName: 'orders' };
const Key = { orderId: { S: 'one' } };
const one: Item = {
  ...Key,
  text: { S: 'ab' },
  number: { N: '5' },
  flag: { BOOL: true },
  list: { L: [{ N: '1' }, { S: 'x' }] },
  map: { M: { deep: { N: '1.5' } } },
};
const two: Item = { orderId: { S: 'two' }, number: { N: '7' } };

const shown = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' };

function names(expression: string): Readonly<Record<string, string>> {
  return Object.fromEntries((expression.match(/#\w+/g) ?? []).map((name) => [name, name.slice(1)]));
}

/** `#text` is the attribute `text`. */
function written(
  expressions: Readonly<Record<string, string>>,
  values?: Readonly<Record<string, Value>>,
): Readonly<Record<string, unknown>> {
  const used = names(Object.values(expressions).join(' '));
  return {
    ...expressions,
    ...(Object.keys(used).length > 0 && { ExpressionAttributeNames: used }),
    ...(values && { ExpressionAttributeValues: values }),
  };
}

/** An Update of `one`. */
function update(
  UpdateExpression: string,
  values?: Readonly<Record<string, Value>>,
  more: object = { ReturnValues: 'UPDATED_NEW' },
): Pick<Exchange, 'operation' | 'input'> {
  return {
    operation: 'UpdateItem',
    input: { ...table, Key, ...written({ UpdateExpression }, values), ...more },
  };
}

/** A Put of `one` under a condition. */
function put(
  ConditionExpression: string,
  values?: Readonly<Record<string, Value>>,
  more: object = shown,
): Pick<Exchange, 'operation' | 'input'> {
  return {
    operation: 'PutItem',
    input: {
      ...table,
      Item: { ...Key, put: { BOOL: true } },
      ...written({ ConditionExpression }, values),
      ...more,
    },
  };
}

function transaction(...TransactItems: readonly object[]): Pick<Exchange, 'operation' | 'input'> {
  return { operation: 'TransactWriteItems', input: { TransactItems } };
}

const increment = (key: string, attribute = 'number') => ({
  Update: {
    ...table,
    Key: { orderId: { S: key } },
    ...written({ UpdateExpression: `ADD #${attribute} :one` }, { ':one': { N: '1' } }),
  },
});

const check = (key: string, ConditionExpression: string, more: object = shown) => ({
  ConditionCheck: { ...table, Key: { orderId: { S: key } }, ...written({ ConditionExpression }), ...more },
});

const putOf = (item: Item) => ({ operation: 'PutItem', input: { ...table, Item: item } });
const text = (length: number) => ({ S: 'x'.repeat(length) });

const writes: readonly Exchange[] = [
  { name: 'a condition that holds', given: [one], ...put('#number = :n', { ':n': { N: '5.0' } }) },
  { name: 'one that does not, and shows the item', given: [one], ...put('attribute_not_exists(#orderId)') },
  {
    name: 'one that does not, and shows nothing',
    given: [one],
    ...put('attribute_not_exists(#orderId)', undefined, {}),
  },
  { name: 'one that does not, over nothing', ...put('attribute_exists(#orderId)') },
  {
    name: 'a put that shows what was',
    given: [one],
    ...put('attribute_exists(#orderId)', undefined, { ReturnValues: 'ALL_OLD' }),
  },
  { name: 'an update of nothing', ...update('SET #text = :t', { ':t': { S: 't' } }) },
  {
    name: 'an update that shows what was',
    given: [one],
    ...update('SET #text = :t', { ':t': { S: 't' } }, { ReturnValues: 'ALL_OLD' }),
  },
  {
    name: 'an update of nothing that shows what was',
    ...update('SET #text = :t', { ':t': { S: 't' } }, { ReturnValues: 'ALL_OLD' }),
  },
  {
    name: 'an update that shows what is',
    given: [one],
    ...update('SET #text = :t', { ':t': { S: 't' } }, { ReturnValues: 'ALL_NEW' }),
  },
  { name: 'an update without an expression', operation: 'UpdateItem', input: { ...table, Key } },
  { name: 'a value and its swap', given: [one], ...update('SET #text = #number, #number = #text') },
  {
    name: 'a sum, and what was kept',
    given: [one],
    ...update(
      'SET #number = #number - :n, #other = if_not_exists(#text, :n), #third = if_not_exists(#nothing, :n) + :n',
      { ':n': { N: '0.3' } },
    ),
  },
  { name: 'an addition to a number', given: [one], ...update('ADD #number :n', { ':n': { N: '-0.1' } }) },
  { name: 'an addition to nothing', given: [one], ...update('ADD #other :n', { ':n': { N: '0.1' } }) },
  { name: 'an addition to no item', ...update('ADD #other :n', { ':n': { N: '3' } }) },
  { name: 'an addition to a text', given: [one], ...update('ADD #text :n', { ':n': { N: '1' } }) },
  { name: 'an addition of a text', given: [one], ...update('ADD #number :n', { ':n': { S: '1' } }) },
  { name: 'a sum with a text', given: [one], ...update('SET #number = #number + #text') },
  { name: 'a copy of what is not there', given: [one], ...update('SET #number = #nothing') },
  { name: 'a removal', given: [one], ...update('REMOVE #text, #nothing') },
  {
    name: 'all three',
    given: [one],
    ...update('set #text = :t remove #flag add #number :n', { ':t': { S: 't' }, ':n': { N: '1' } }),
  },
  {
    name: 'an update under a condition',
    given: [one],
    operation: 'UpdateItem',
    input: {
      ...table,
      Key,
      ...shown,
      ...written(
        { UpdateExpression: 'SET #text = :t', ConditionExpression: '#number < :n' },
        { ':t': { S: 't' }, ':n': { N: '5' } },
      ),
    },
  },
  {
    name: 'a deletion',
    given: [one],
    operation: 'DeleteItem',
    input: { ...table, Key, ReturnValues: 'ALL_OLD' },
  },
  {
    name: 'a deletion of nothing',
    operation: 'DeleteItem',
    input: { ...table, Key, ReturnValues: 'ALL_OLD' },
  },
  {
    name: 'a deletion under a condition',
    given: [one],
    operation: 'DeleteItem',
    input: { ...table, Key, ...shown, ...written({ ConditionExpression: 'attribute_exists(#nothing)' }) },
  },
  { name: 'a read', given: [one], operation: 'GetItem', input: { ...table, Key, ConsistentRead: true } },
  { name: 'a read of nothing', operation: 'GetItem', input: { ...table, Key, ConsistentRead: true } },
];

const refusals: readonly Exchange[] = [
  { name: 'a key that is changed', given: [one], ...update('SET #orderId = :t', { ':t': { S: 't' } }) },
  {
    name: 'one attribute twice',
    given: [one],
    ...update('SET #text = :t REMOVE #text', { ':t': { S: 't' } }),
  },
  { name: 'a section twice', ...update('SET #text = :t SET #other = :t', { ':t': { S: 't' } }) },
  { name: 'an empty update', ...update('') },
  { name: 'an update that ends early', ...update('SET #text =') },
  { name: 'redundant brackets', ...put('((attribute_exists(#orderId)))') },
  { name: 'brackets that are none', ...put('(attribute_exists(#orderId))') },
  { name: 'brackets that do not close', ...put('(attribute_exists(#orderId)') },
  { name: 'no operator', ...put('#text :t', { ':t': { S: 't' } }) },
  {
    name: 'a name that is not told',
    ...put('attribute_exists(#orderId)', undefined, { ExpressionAttributeNames: { '#other': 'x' } }),
  },
  {
    name: 'a name that is not used',
    ...put('attribute_exists(#orderId)', undefined, {
      ExpressionAttributeNames: { '#orderId': 'orderId', '#other': 'x' },
    }),
  },
  { name: 'a value that is not told', ...put('#text = :t') },
  { name: 'a value that is not used', ...put('attribute_exists(#orderId)', { ':t': { S: 't' } }) },
  { name: 'no values at all', ...put('attribute_exists(#orderId)', {}) },
  {
    name: 'names without an expression',
    operation: 'PutItem',
    input: { ...table, Item: one, ExpressionAttributeNames: { '#a': 'a' } },
  },
  { name: 'a type that is none', ...put('attribute_type(#text, :t)', { ':t': { S: 'text' } }) },
  { name: 'an order of truths', given: [one], ...put('#flag < :t', { ':t': { BOOL: true } }) },
  {
    name: 'a wrong part behind one that decides',
    given: [one],
    ...put('attribute_exists(#orderId) OR #flag < :t', { ':t': { BOOL: true } }),
  },
  { name: 'a value that is nothing', ...putOf({ ...Key, text: {} }) },
  { name: 'an item without its key', ...putOf({ text: { S: 'a' } }) },
  { name: 'a key of another type', ...putOf({ orderId: { N: '1' } }) },
  { name: 'an empty key', ...putOf({ orderId: { S: '' } }) },
  { name: 'a key that is too long', ...putOf({ orderId: text(2049) }) },
  {
    name: 'a key with more than the key',
    operation: 'GetItem',
    input: { ...table, Key: one, ConsistentRead: true },
  },
  { name: 'a key without the key', operation: 'DeleteItem', input: { ...table, Key: { other: { S: 'a' } } } },
  {
    name: 'a key of another type, asked for',
    operation: 'GetItem',
    input: { ...table, Key: { orderId: { N: '1' } }, ConsistentRead: true },
  },
  { name: 'an item that is too large', ...putOf({ ...Key, text: text(409_600) }) },
  {
    name: 'one that just fits',
    ...putOf({ ...Key, t: text(409_600 - 'orderId'.length - 'one'.length - 1) }),
  },
  {
    name: 'one that is just too large',
    ...putOf({ ...Key, t: text(409_600 - 'orderId'.length - 'one'.length) }),
  },
  {
    name: 'an update that makes it too large',
    given: [{ ...Key, a: text(300_000) }],
    ...update('SET #b = :b', { ':b': text(200_000) }, {}),
  },
  {
    name: 'a table that is not there',
    operation: 'GetItem',
    input: { TableName: 'nowhere', Key, ConsistentRead: true },
  },
  ...[
    '1e3',
    '0.10',
    '-0',
    '-0.00',
    '+7',
    '.5',
    '5.',
    '1E-130',
    '9.9e125',
    '1e126',
    '1e-131',
    `${'9'.repeat(38)}`,
    `${'9'.repeat(39)}`,
    `${'9'.repeat(38)}000`,
    '0.00001234',
    'abc',
    '',
    '1e',
    'NaN',
  ].map((N): Exchange => ({ name: `the number "${N}"`, ...putOf({ ...Key, number: { N } }) })),
];

const transactions: readonly Exchange[] = [
  {
    name: 'a transaction',
    given: [one, two],
    ...transaction(
      increment('one'),
      increment('two'),
      { Delete: { ...table, Key: { orderId: { S: 'three' } } } },
      { Put: { ...table, Item: { orderId: { S: 'four' } } } },
    ),
  },
  {
    name: 'one whose second condition fails',
    given: [one, two],
    ...transaction(
      increment('one'),
      check('two', 'attribute_not_exists(#orderId)'),
      check('three', 'attribute_not_exists(#orderId)'),
    ),
  },
  {
    name: 'one whose condition fails, and shows nothing',
    given: [one],
    ...transaction(check('one', 'attribute_not_exists(#orderId)', {}), increment('two')),
  },
  {
    name: 'one whose condition fails over nothing',
    ...transaction(check('one', 'attribute_exists(#orderId)'), increment('two')),
  },
  {
    name: 'one of which two fail',
    given: [one, two],
    ...transaction(
      check('one', 'attribute_not_exists(#orderId)'),
      check('two', 'attribute_not_exists(#orderId)'),
    ),
  },
  {
    name: 'an update that grows too large in a transaction',
    given: [{ ...Key, a: text(300_000) }],
    ...transaction({
      Update: { ...table, Key, ...written({ UpdateExpression: 'SET #b = :b' }, { ':b': text(200_000) }) },
    }),
  },
  {
    name: 'a put that is too large in a transaction',
    ...transaction({ Put: { ...table, Item: { ...Key, t: text(409_600) } } }),
  },
  {
    name: 'two operations on one item',
    given: [one],
    ...transaction(increment('one'), check('one', 'attribute_exists(#orderId)')),
  },
  { name: 'no operation', ...transaction() },
  { name: 'a hundred', ...transaction(...Array.from({ length: 100 }, (_, n) => increment(`${n}`))) },
  { name: 'a hundred and one', ...transaction(...Array.from({ length: 101 }, (_, n) => increment(`${n}`))) },
  { name: 'a check of nothing', ...transaction({ ConditionCheck: { ...table, Key } }) },
  {
    name: 'two in one place',
    ...transaction({ ...increment('one'), ...check('two', 'attribute_exists(#orderId)') }),
  },
  {
    name: 'a table that is not there, in a transaction',
    ...transaction(increment('one'), { Delete: { TableName: 'nowhere', Key } }),
  },
];

export const exchanges: readonly Exchange[] = [...writes, ...refusals, ...transactions];

/** What random conditions are tried on. */
export const itemsOfConditions: readonly (Item | undefined)[] = [
  undefined,
  one,
  two,
  { ...Key, text: { N: '5' }, number: { S: '5' }, flag: { NULL: true }, list: { L: [] }, map: { M: {} } },
];
