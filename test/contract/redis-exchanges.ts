/** A script that is run over a hash, or two; every server has to answer alike, and to hold the same then. */
export interface Exchange {
  readonly name: string;
  /** Fields of the hash `one`. */
  readonly given?: Readonly<Record<string, string>>;
  readonly script: string;
  /** `ARGV`. */
  readonly values?: readonly string[];
}

const call = (...words: readonly string[]) => `return redis.call(${words.join(', ')})`;
const key = 'KEYS[1]';

const commands: readonly Exchange[] = [
  { name: 'all of a hash', given: { a: '1', b: '' }, script: call("'HGETALL'", key) },
  { name: 'all of nothing', script: call("'HGETALL'", key) },
  { name: 'a name in small letters', given: { a: '1' }, script: call("'hgetall'", key) },
  { name: 'a new field', script: call("'HSET'", key, "'a'", "'1'") },
  { name: 'a field again', given: { a: '1' }, script: call("'HSET'", key, "'a'", "'2'") },
  { name: 'two fields, one of them twice', script: call("'HSET'", key, "'a'", '1', "'a'", '2', "'b'", '3') },
  { name: 'half a field', script: call("'HSET'", key, "'a'") },
  { name: 'a field without its value', script: call("'HSET'", key, "'a'", "'1'", "'b'") },
  { name: 'a field that is not there yet', script: call("'HSETNX'", key, "'a'", "'1'") },
  { name: 'a field that is there', given: { a: '1' }, script: call("'HSETNX'", key, "'a'", "'2'") },
  { name: 'fields that go', given: { a: '1', b: '2' }, script: call("'HDEL'", key, "'a'", "'c'") },
  { name: 'the last field that goes', given: { a: '1' }, script: call("'HDEL'", key, "'a'") },
  { name: 'a field of nothing', script: call("'HDEL'", key, "'a'") },
  { name: 'no field', script: call("'HDEL'", key) },
  ...['1', '-1', '0', '01', '+1', '1.0', '', ' 1', 'x', '9223372036854775807', '9223372036854775808'].flatMap(
    (number): readonly Exchange[] => [
      { name: `an increment by "${number}"`, script: call("'HINCRBY'", key, "'a'", `'${number}'`) },
      {
        name: `an increment of "${number}"`,
        given: { a: number },
        script: call("'HINCRBY'", key, "'a'", "'1'"),
      },
    ],
  ),
  {
    name: 'a key that is to expire',
    given: { a: '1' },
    script: call("'PEXPIREAT'", key, "'99999999999999'"),
  },
  { name: 'a key that has expired', given: { a: '1' }, script: call("'PEXPIREAT'", key, "'1000'") },
  { name: 'nothing that is to expire', script: call("'PEXPIREAT'", key, "'99999999999999'") },
  { name: 'an expiration that is none', given: { a: '1' }, script: call("'PEXPIREAT'", key, "'soon'") },
  { name: 'a key that never expired', given: { a: '1' }, script: call("'PERSIST'", key) },
  {
    name: 'a key that does not expire any more',
    given: { a: '1' },
    script: `redis.call('PEXPIREAT', KEYS[1], '99999999999999') ${call("'PERSIST'", key)}`,
  },
  {
    name: 'a key that is written and still expires',
    given: { a: '1' },
    script: `redis.call('PEXPIREAT', KEYS[1], '99999999999999') ${call("'HSET'", key, "'a'", "'2'")}`,
  },
  {
    name: 'a key that is written when it has expired',
    given: { a: '1' },
    script: `redis.call('PEXPIREAT', KEYS[1], '1') ${call("'HSET'", key, "'b'", "'2'")}`,
  },
  { name: 'a number that is written', script: call("'HSET'", key, "'a'", '1800000000123') },
  { name: 'a negative number that is written', script: call("'HSET'", key, "'a'", '-7') },
  { name: 'a truth that is written', script: call("'HSET'", key, "'a'", 'true') },
  { name: 'nothing that is written', script: call("'HSET'", key, "'a'", 'nil') },
  { name: 'no command', script: 'return redis.call()' },
  { name: 'an error after a write', script: `redis.call('HSET', KEYS[1], 'a', '1') ${call("'HDEL'", key)}` },
];

const replies: readonly Exchange[] = [
  'return',
  'return nil',
  'return false',
  'return true',
  'return 7',
  'return -7.9',
  'return 7.9',
  "return ''",
  'return ARGV[1]',
  'return ARGV[2]',
  'return ARGV',
  'return {}',
  "return {1, 'a', {true, 2.5}, false, 3}",
  "return {1, nil, 'a'}",
  "return 1, 'a'",
  "return {'a', redis.call('HGETALL', KEYS[1])}",
].map((script) => ({ name: script, script, values: ['ü😀\u0000'], given: { a: '1' } }));

const values: readonly Exchange[] = [
  "'5' + 1",
  "'x' + 1",
  'nil + 1',
  '{} + 1',
  "' 5 ' * 2",
  "'1e2' - 1",
  "'5.' / 2",
  "'' + 0",
  "-'5'",
  '1 < 2',
  "1 < '2'",
  'nil <= 1',
  'true > 1',
  '{} >= {}',
  "1 == '1'",
  "'a' == 'a'",
  'nil == false',
  '{} == {}',
  'nil ~= nil',
  'not nil',
  'not 0',
  "not ''",
  'nil and 1',
  'false or nil',
  '0 and 1',
  "1 and 'a' or 'b'",
  "nil and 'a' or 'b'",
  '#{}',
  '#{1, 2}',
  '#ARGV',
  '#nil',
  "tonumber('12')",
  "tonumber(' 12 ')",
  "tonumber('1 2')",
  "tonumber('1e3')",
  "tonumber('.5') * 10",
  "tonumber('.')",
  "tonumber('')",
  "tonumber('x')",
  'tonumber(nil)',
  'tonumber({})',
  'tonumber()',
  "math.floor('7.9')",
  'math.floor(-7.1)',
  'math.floor(nil)',
  "string.format('%.0f', 1800000000123)",
  "string.format('%.0f', '9007199254740991')",
  "string.format('%.0f', -5)",
  "string.format('%.0f', nil)",
  'ARGV[1][1]',
  'nil[1]',
  'KEYS[2]',
  '(1)()',
].map((value) => ({
  name: `the value ${value}`,
  // Whether it is nil, false or 0 is told apart.
  script: `local value = ${value} return {value == nil, value == false, value}`,
  values: ['a', 'b'],
}));

const statements: readonly Exchange[] = [
  'local a, b = 1 return {a, b}',
  'local a, b = 1, 2, 3 return {a, b}',
  'local function two() return 1, 2 end local a, b = two() return {a, b}',
  'local function two() return 1, 2 end return {two(), two()}',
  'local function rest(first, ...) return {first, ...} end return rest(1, 2, 3)',
  'local function rest(first, ...) return {...} end return rest(1)',
  'local function last(...) local a, b = ... return {a, b} end return last(1, 2, 3)',
  'local function nothing() end return {nothing()}',
  'local a = 1 local function next() a = a + 1 return a end next() return {a, next()}',
  'local a = 1 if true then local a = 2 end return a',
  'local a = 1 local a = a + 1 return a',
  'local a if nil then a = 1 elseif false then a = 2 else a = 3 end return a',
  'local a if nil then a = 1 elseif 0 then a = 2 else a = 3 end return a',
  'local a = {} for i = 1, 3 do a[i] = i * 2 end return a',
  'local a = {} for i = 1, 6, 2 do a[#a + 1] = i end return a',
  'for i = 2, 1 do return i end return 0',
  'for i = 1, 3 do if i == 2 then return i end end',
  'for i = 1, nil do end',
  "local a = {} a['x'] = 1 a['x'] = nil return {a['x'] == nil}",
  'local a = {} a[nil] = 1',
  "local a = 5 a['x'] = 1",
  "local a = {} a[1] = 'x' return a['1'] == nil",
  'local function f() return f end return f() == f',
  'local time = redis.call("TIME") return #time',
  'return 1 +',
].map((script) => ({ name: script, script }));

export const exchanges: readonly Exchange[] = [...commands, ...replies, ...values, ...statements];
