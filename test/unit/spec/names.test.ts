import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { models, mutants } from '../../../spec/models.ts';
import { type Action, model, named } from './named.ts';

const root = join(__dirname, '../../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

type Mention = Pick<Action, 'action' | 'file'>;

/** What the code says: a list of actions in backticks, then `in spec/OrderOnce.tla`, over lines of a comment. */
function mentions(file: string): Mention[] {
  const text = read(file).replaceAll(/\n\s*\*\s/g, ' ');
  return [...text.matchAll(/((?:`\w+`(?:, )?)+) in spec\/OrderOnce\.tla/g)].flatMap(([, list = '']) =>
    [...list.matchAll(/\w+/g)].map(([action]) => ({ action, file })),
  );
}

const sources = ['runtime', 'publisher', 'contract', 'lambda'].flatMap((room) =>
  readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${room}/${name}`),
);

const inOrder = (pairs: readonly Mention[]) => pairs.map(({ action, file }) => `${action} ${file}`).sort();

/** What nobody's code does. */
const world = ['Crash', 'Deploy', 'Redrive', 'Tick', 'TtlDeletes'];

describe('the model and the code', () => {
  it("name each other: each action its function, and the function's file the action", () => {
    expect(named.length).toBeGreaterThan(30);
    expect(inOrder(named)).toEqual(inOrder(sources.flatMap(mentions)));
  });

  it.each(named)('$action stands for $name, which $file has', ({ name, file }) => {
    expect(read(file)).toMatch(new RegExp(`(function\\*? |async |#|^  )${name}\\b`, 'm'));
  });

  it('have no other actions, except for those of the environment', () => {
    const choices = model.match(/^(?:Step\(o\)|Next) ==\n(?:.+\n)+/gm)?.join('') ?? '';
    const taken = new Set([...choices.matchAll(/\b[A-Z][a-z]\w*/g)].map(([name]) => name));
    for (const name of ['Step', 'Next', 'Owners', 'Messages']) taken.delete(name);
    expect([...taken].sort()).toEqual([...new Set([...named.map(({ action }) => action), ...world])].sort());
  });

  it('have the same clauses, except for those that are not modelled', () => {
    const ours = read('runtime/stores/dynamodb/conditions.ts').matchAll(/^(?:export )?const ([A-Z_]+) = /gm);
    const its = read('spec/Conditions.tla').matchAll(/^([A-Z][A-Z_]+)(?:\(o\))? ==/gm);
    const conditions = [
      'MAY_CLAIM_AGAIN',
      'MAY_COMPLETE',
      'MAY_RESOLVE',
      'MAY_BLOCK',
      'MAY_SKIP',
      'MAY_UNLIST',
    ];
    // The model leaves out records of other libraries and of later versions, counts, skips and lists.
    const others = ['NO_EXPIRATION', 'NO_LEASE', 'WITHOUT_OWNER', 'KNOWN_FORMAT'];
    const beside = [...others, 'COUNT_STANDS', 'BLOCKED', 'NOT_SETTLED'];
    expect([...its].map(([, name]) => name).sort()).toEqual(
      [...ours]
        .map(([, name = '']) => name)
        .filter((name) => ![...conditions, ...beside].includes(name))
        .sort(),
    );
  });
});

describe('the mutants of the model', () => {
  const text = `${model}${read('spec/Conditions.tla')}`;

  it.each(mutants)('include "$mutation" at a place of the model', ({ mutation }) => {
    expect(text).toMatch(new RegExp(`(Is|Clause)\\("${mutation}"`));
  });

  it('are exactly one for each place', () => {
    const places = [...text.matchAll(/(?:Is|Clause)\("([^"]+)"/g)].map(([, name = '']) => name);
    expect([...new Set(places)].sort()).toEqual(mutants.map(({ mutation }) => mutation).sort());
  });

  it.each(['INVARIANTS', 'PROPERTIES'])('break each of the %s of every model', (kind) => {
    const broken = new Set(mutants.map(({ violates }) => violates));
    for (const { name } of models) {
      const [, list = ''] =
        new RegExp(`^${kind}\\n((?: +\\w+\\n)+)`, 'm').exec(read(`spec/${name}.cfg`)) ?? [];
      const properties = list.trim().split(/\s+/);
      expect(properties.length).toBeGreaterThan(3);
      expect(properties.filter((property) => !broken.has(property))).toEqual([]);
    }
  });
});
