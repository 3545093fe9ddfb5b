import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const root = join(__dirname, '../../../..');

const given = `
  import * as v from 'valibot';
  import { type CloudEvent } from '../contract/index.ts';
  import { atLeastOnce, atMostOnce, createConsumer, exactlyOnce, put } from '../runtime/index.ts';
  const events = { 'seat.booked': v.object({ seat: v.string() }), 'hall.closed': v.object({ until: v.number() }) };
  const parse = ({ body }: { body: string }): CloudEvent => JSON.parse(body);
  const retention = { providerKeyRetention: 86_400_000 };
  const effect = put('seats', { seat: '1A' });
`;

/** What the compiler says of the options of each case. */
function problemsOf(cases: Readonly<Record<string, string>>): Record<string, string> {
  const sources = new Map(
    Object.entries(cases).map(([name, code]) => [
      join(root, 'test', `${name.replaceAll(' ', '-')}.ts`),
      `${given}createConsumer({${code}});`,
    ]),
  );
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, root);
  Object.assign(options, { noUnusedLocals: false, types: ['node'] });
  const host = ts.createCompilerHost(options);
  const { fileExists, getSourceFile } = host;
  host.fileExists = (path) => sources.has(path) || fileExists(path);
  host.readFile = (path) => sources.get(path) ?? readFileSync(path, 'utf8');
  host.getSourceFile = (path, version, ...rest) => {
    const source = sources.get(path);
    return source === undefined
      ? getSourceFile(path, version, ...rest)
      : ts.createSourceFile(path, source, version);
  };
  const program = ts.createProgram([...sources.keys()], options, host);
  const names = Object.keys(cases);
  return Object.fromEntries(
    [...sources.keys()].map((path, index) => {
      const file = program.getSourceFile(path);
      const all = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
      return [
        names[index] ?? '',
        all.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')).join('\n'),
      ];
    }),
  );
}

const wrong = {
  'exactly once and no effects': 'events, guarantee: exactlyOnce(), handle: async () => {}',
  'exactly once and nothing at all': 'events, guarantee: exactlyOnce(), handle: () => {}',
  'exactly once and a result': 'events, guarantee: exactlyOnce(), handle: async () => ({ id: 1 })',
  'exactly once and effects in one case':
    "events, guarantee: exactlyOnce(), handle: ({ type }) => (type === 'seat.booked' ? [effect] : undefined)",
  'at least once and effects': 'events, guarantee: atLeastOnce(retention), handle: async () => [effect]',
  'at most once and no promise': 'events, guarantee: atMostOnce(), handle: () => {}',
  'events and parse': 'events, parse, guarantee: exactlyOnce(), handle: () => []',
  'ignore and parse': "parse, ignore: 'others', guarantee: exactlyOnce(), handle: () => []",
  'a type to ignore that is no list':
    "events, ignore: 'seat.released', guarantee: exactlyOnce(), handle: () => []",
  'neither events nor parse': 'guarantee: exactlyOnce(), handle: () => []',
  'no guarantee': 'events, handle: () => []',
  'no handler': 'events, guarantee: exactlyOnce()',
  'a guarantee that was not called': 'events, guarantee: exactlyOnce, handle: () => []',
  'a type without a schema':
    "events, guarantee: exactlyOnce(), handle: ({ type }) => (type === 'seat.sold' ? [effect] : [])",
  'data of another type':
    'events, guarantee: exactlyOnce(), handle: ({ data }) => [put("seats", { seat: data.seat })]',
  'a schema that is none':
    "events: { 'seat.booked': { seat: 'string' } }, guarantee: exactlyOnce(), handle: () => []",
  'a parser of text':
    'parse: (body: string): CloudEvent => JSON.parse(body), guarantee: exactlyOnce(), handle: () => []',
  'an undeclared table':
    "events, tables: { seats: 'seat' }, guarantee: exactlyOnce(), handle: (_, { tables }) => [put(tables.halls, { hall: 'A' })]",
  'a table and no declarations':
    "events, guarantee: exactlyOnce(), handle: (_, { tables }) => [put(tables.seats, { seat: '1A' })]",
  'an item without its key':
    "events, tables: { seats: 'seat' }, guarantee: exactlyOnce(), handle: (_, { tables }) => [put(tables.seats, { price: 1 })]",
  'a key that is no name':
    'events, tables: { seats: { partitionKey: "seat" } }, guarantee: exactlyOnce(), handle: () => []',
  'an option that does not exist': 'event: events, guarantee: exactlyOnce(), handle: () => []',
};

const right = {
  'events and effects':
    "events, guarantee: exactlyOnce(), handle: ({ type, data }) => (type === 'seat.booked' ? [put('seats', { seat: data.seat.trim() })] : [])",
  'events and an effect outside':
    'events, guarantee: atMostOnce(), handle: async (event, { signal }) => { signal.throwIfAborted(); return event.type; }',
  'a parser in place':
    'parse: (message) => ({ ...parse(message), seat: 1 }), guarantee: exactlyOnce(), handle: ({ seat }) => [put("seats", { seat: seat.toFixed() })]',
  'a parser in place and a handler of nothing':
    'parse: (message) => ({ ...parse(message), seat: 1 }), guarantee: exactlyOnce(), handle: () => []',
  'a result outside':
    'events, guarantee: atLeastOnce(retention), handle: async (_, { idempotencyKey }) => ({ idempotencyKey })',
  'a declared table':
    "events, tables: { seats: 'seat', days: ['hall', 'date'] }, guarantee: exactlyOnce(), handle: (_, { tables }) => [put(tables.seats, { seat: '1A' }), put(tables.days, { hall: 'A', date: '2026-11-30' })]",
  'a fingerprint': 'events, fingerprint: ({ data }) => data, guarantee: exactlyOnce(), handle: () => []',
};

const problems = problemsOf({ ...wrong, ...right });

it.each(Object.keys(wrong))('%s: the compiler names option and fix in at most five lines', (name) => {
  const text = problems[name] ?? '';
  expect(text.split('\n').length).toBeLessThanOrEqual(5);
  expect(text).not.toContain('overload');
  expect(text).toMatchSnapshot();
});

it.each(Object.keys(right))('%s compiles', (name) => {
  expect(problems[name]).toBe('');
});
