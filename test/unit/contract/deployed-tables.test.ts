import { encodeTables, environmentNames, readTables } from '../../../contract/environment.ts';

const variable = environmentNames.tables;
// biome-ignore lint/style/noProcessEnv: what is tested reads it.
const environment = process.env;

afterEach(() => {
  delete environment[variable];
});

describe('the tables of a function', () => {
  test('are read from the environment as the construct encoded them', () => {
    const tables = {
      seats: { tableName: 'Prod-Seats', key: ['seat'] },
      halls: { tableName: 'Prod-Halls' },
    };
    environment[variable] = encodeTables(tables);
    expect(readTables()).toEqual(tables);
  });

  test('are empty if the variable is not set', () => {
    expect(readTables()).toEqual({});
  });

  test.each([
    '',
    '{',
    '[]',
    'null',
    '{"seats":"Prod-Seats"}',
    '{"seats":{"tableName":""}}',
    '{"seats":{"tableName":"a","key":"b"}}',
  ])('are refused with an error that names the variable and an example if the value is %j', (value) => {
    environment[variable] = value;
    expect(readTables).toThrow(
      `Environment variable ORDER_ONCE_TABLES is "${value}"; it must be JSON such as {"seats":{"tableName":"Prod-Seats","key":["seat"]}}`,
    );
  });
});
