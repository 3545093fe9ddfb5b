import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { ledgerTable, ordersTable } from '../../contract/orders/order-tables.ts';
import { recordAttributes as attribute } from '../../contract/record/record-attributes.ts';
import { dynamoDbEffectStore } from '../../runtime/stores/dynamodb/effect-store.ts';
import { plantedAttributes } from './planted.ts';
import type { StoreUnderTest } from './subject.ts';

export interface Tables {
  readonly records: string;
  readonly orders: string;
  readonly ledger: string;
}

/**
 * The DynamoDB store over real tables. Time is what the deliveries say, so letting it pass takes none.
 * @param planting What plants and reads around the store, where the store's client is a broken one.
 */
export function dynamoDbSubject(client: DynamoDBClient, tables: Tables, planting = client): StoreUnderTest {
  const store = dynamoDbEffectStore({ table: tables.records, client });
  const start = Date.now();
  let passed = 0;
  return {
    store,
    serverTime: false,
    keepsExpired: true,
    now: () => start + passed,
    async pass(ms) {
      passed += ms;
    },
    async plant(id, record) {
      const item = { [attribute.id]: id, ...plantedAttributes(record) };
      const Item = marshall(item, { removeUndefinedValues: true });
      await planting.send(new PutItemCommand({ TableName: tables.records, Item }));
    },
    effects: {
      store,
      items: { table: tables.orders, key: ordersTable.key },
      sums: { table: tables.ledger, key: ledgerTable.key },
      async read(table, key) {
        const { Item } = await planting.send(
          new GetItemCommand({ TableName: table, Key: marshall(key), ConsistentRead: true }),
        );
        return Item && unmarshall(Item);
      },
    },
  };
}
