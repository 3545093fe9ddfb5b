import { memoryStore } from '../../runtime/stores/memory/memory-store.ts';
import { testRecordStore } from './record-store-suite.ts';
import type { StoreUnderTest } from './subject.ts';

let time = 1_700_000_000_000;

const store = memoryStore({ orders: ['orderId'], ledger: ['account'] });

const subject: StoreUnderTest = {
  store,
  serverTime: false,
  keepsExpired: true,
  now: () => time,
  async pass(ms) {
    time += ms;
  },
  async plant(id, record) {
    store.records.set(id, record);
  },
  effects: {
    store,
    items: { table: 'orders', key: 'orderId' },
    sums: { table: 'ledger', key: 'account' },
    read: async (table, key) => store.tables.item(table, key),
  },
};

describe('the store in memory', () => {
  testRecordStore({ serverTime: false, keepsExpired: true, effects: true }, () => subject);
});
