import { compareStores } from '../compare/compare.ts';
import { canRunDynamoDbLocal, startDynamoDbLocal } from './dynamodb-local.ts';

describe('the store in memory, the DynamoDB store on DynamoDB in memory and on DynamoDB Local', () => {
  if (!canRunDynamoDbLocal) {
    test.skip('take and refuse the same transactions (needs Java and Maven)', () => {});
    return;
  }
  let server: Awaited<ReturnType<typeof startDynamoDbLocal>>;
  beforeAll(async () => {
    server = await startDynamoDbLocal();
  }, 180_000);
  afterAll(() => server?.stop());

  it('accept and refuse the same transactions, and hold the same items afterwards', async () => {
    // The same transactions each time; `npm run compare:stores` tries others.
    const { difference, answers } = await compareStores(server.connect(), { runs: 500, seed: 1 });
    expect(difference).toBeUndefined();
    expect(Object.keys(answers).sort()).toEqual(['committed', 'refused', 'stale']);
  }, 600_000);
});
