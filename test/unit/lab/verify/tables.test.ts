import { marshall } from '@aws-sdk/util-dynamodb';
import { bodyKey } from '../../../../contract/event/identity.ts';
import { letterKey } from '../../../../contract/record/attention.ts';
import { historyKey } from '../../../../contract/record/history.ts';
import { eventKey } from '../../../../lab/verify/expectation.ts';
import { readTables } from '../../../../lab/verify/tables.ts';

it('ignores records of bodies, entries of messages and the histories of consumers, wherever they are in the table', async () => {
  const names = { consumer: 'fulfilment', message_group: 'g1' };
  const records = [
    {
      ...names,
      id: 'fulfilment#urn:test#1',
      source: 'urn:test',
      event_id: '1',
      sequence: '1',
      status: 'COMPLETED',
    },
    { ...names, id: bodyKey('fulfilment', '{}'), source: '', event_id: '', status: 'RETRYING' },
    { consumer: 'fulfilment', id: letterKey('fulfilment', 'message-1') },
    { consumer: 'fulfilment', id: historyKey('fulfilment'), began_at: 1_700_000_000_000 },
  ];
  for (const items of [records, records.toReversed()]) {
    const client = {
      send: async ({ input }: { readonly input: { readonly TableName: string } }) => ({
        Items: input.TableName === 'records' ? items.map((item) => marshall(item)) : [],
      }),
    } as never;
    const names = { records: 'records', orders: 'orders', ledger: 'ledger', customers: 'customers' };
    const found = await readTables(client, names);
    expect([...found.records('fulfilment').keys()]).toEqual([eventKey('urn:test', '1')]);
    expect(found.places.get('g1')).toHaveLength(1);
  }
});
