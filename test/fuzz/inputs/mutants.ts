import fc from 'fast-check';
import { jsonTexts, keys, numerals, texts } from './hostile.ts';

type Path = readonly string[];

/** What is done to one member of a JSON value, or to one place of its text. */
type Mutation =
  | { readonly kind: 'remove' }
  | { readonly kind: 'replace' | 'repeat'; readonly json: string }
  | { readonly kind: 'rename'; readonly key: string }
  | { readonly kind: 'add'; readonly key: string; readonly json: string }
  | { readonly kind: 'splice'; readonly at: number; readonly removed: number; readonly text: string };

type Change = Exclude<Mutation, { kind: 'splice' }>;

export interface Mutant {
  readonly text: string;
  /** Where it differs from the value that it was; `undefined` where its text was spoilt anywhere. */
  readonly path: Path | undefined;
}

const values = fc.oneof(
  jsonTexts,
  numerals,
  texts.map((text) => JSON.stringify(text)),
);

const mutations: fc.Arbitrary<Mutation> = fc.oneof(
  fc.constant<Mutation>({ kind: 'remove' }),
  fc.record({ kind: fc.constantFrom('replace' as const, 'repeat' as const), json: values }),
  fc.record({ kind: fc.constant('rename' as const), key: keys }),
  fc.record({ kind: fc.constant('add' as const), key: keys, json: values }),
  fc.record({
    kind: fc.constant('splice' as const),
    at: fc.nat(2_000),
    removed: fc.nat(3),
    text: fc.oneof(fc.constant(''), texts),
  }),
);

/** Values that are right but for one place. */
export function mutantsOf(valid: fc.Arbitrary<object>): fc.Arbitrary<Mutant> {
  return fc.tuple(valid, fc.nat(10_000), mutations).map(([value, nth, mutation]) => {
    if (mutation.kind === 'splice') {
      const text = JSON.stringify(value);
      const at = mutation.at % (text.length + 1);
      return { text: text.slice(0, at) + mutation.text + text.slice(at + mutation.removed), path: undefined };
    }
    const places = placesOf(value);
    const path = places[nth % places.length] ?? [];
    return { text: write(value, path, mutation), path };
  });
}

function placesOf(value: unknown): Path[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => [
    [key],
    ...placesOf(member).map((below) => [key, ...below]),
  ]);
}

/** JSON text: what no value can hold, a key that comes twice for instance, has a text. */
function write(value: unknown, [key, ...rest]: Path, mutation: Change): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const isArray = Array.isArray(value);
  const member = (name: string, json: string) => (isArray ? json : `${JSON.stringify(name)}:${json}`);
  const members = Object.entries(value).flatMap(([name, below]) => {
    if (name !== key) return [member(name, JSON.stringify(below))];
    if (rest.length > 0) return [member(name, write(below, rest, mutation))];
    return changed(name, JSON.stringify(below), mutation).map(([name, json]) => member(name, json));
  });
  return isArray ? `[${members.join(',')}]` : `{${members.join(',')}}`;
}

/** The members that stand in the place of one. */
function changed(name: string, kept: string, mutation: Change): [name: string, json: string][] {
  switch (mutation.kind) {
    case 'remove':
      return [];
    case 'replace':
      return [[name, mutation.json]];
    case 'repeat':
      return [
        [name, kept],
        [name, mutation.json],
      ];
    case 'rename':
      return [[mutation.key, kept]];
    case 'add':
      return [
        [name, kept],
        [mutation.key, mutation.json],
      ];
  }
}
