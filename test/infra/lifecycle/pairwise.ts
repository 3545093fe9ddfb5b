/** The values that each option can have. */
export type Choices = Readonly<Record<string, readonly unknown[]>>;

/** One value for each option. */
export type Choice<All extends Choices> = { readonly [Name in keyof All]: All[Name][number] };

/**
 * Few combinations that contain every pair of values of two options. The next combination takes, for one option after the
 * other, the value with which most pairs are new.
 *
 * @returns The same combinations each time. The first one has the first value of each option.
 */
export function pairwise<All extends Choices>(choices: All): readonly Choice<All>[] {
  const names = Object.keys(choices);
  const key = (a: string, x: number, b: string, y: number) => `${a}=${x} ${b}=${y}`;
  const open = new Set<string>();
  for (const [i, a] of names.entries()) {
    for (const b of names.slice(i + 1)) {
      for (const x of indexes(choices[a])) for (const y of indexes(choices[b])) open.add(key(a, x, b, y));
    }
  }
  const found: Record<string, number>[] = [];
  const take = (chosen: Record<string, number>) => {
    for (const pair of pairsOf(chosen, names, key)) open.delete(pair);
    found.push(chosen);
  };
  take(Object.fromEntries(names.map((name) => [name, 0])));
  while (open.size > 0) {
    // Begins with a pair that is missing, so that every combination adds one.
    const [first = ''] = open;
    const chosen: Record<string, number> = Object.fromEntries(
      first.split(' ').map((part) => {
        const [name = '', index] = part.split('=');
        return [name, Number(index)];
      }),
    );
    for (const name of names.filter((one) => chosen[one] === undefined)) {
      const gain = (index: number) =>
        pairsOf({ ...chosen, [name]: index }, names, key).filter((pair) => open.has(pair)).length;
      const [best = 0] = indexes(choices[name]).sort((x, y) => gain(y) - gain(x));
      chosen[name] = best;
    }
    take(chosen);
  }
  return found.map(
    (chosen) =>
      Object.fromEntries(names.map((name) => [name, choices[name]?.[chosen[name] ?? 0]])) as Choice<All>,
  );
}

function pairsOf(
  chosen: Readonly<Record<string, number>>,
  names: readonly string[],
  key: (a: string, x: number, b: string, y: number) => string,
): string[] {
  const given = names.flatMap((name) => {
    const index = chosen[name];
    return index === undefined ? [] : [{ name, index }];
  });
  return given.flatMap((a, i) => given.slice(i + 1).map((b) => key(a.name, a.index, b.name, b.index)));
}

function indexes(values: readonly unknown[] = []): number[] {
  return [...values.keys()];
}
