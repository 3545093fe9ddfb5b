import { parseCondition } from './condition.ts';
import { parseUpdate } from './update.ts';

/** Expressions of programs are few; those that name what they write, an effect each, are not. */
const most = 1000;

/** Parsed once: the same few expressions come again and again, and parsing is most of a request's cost. */
function remembered<Parsed>(parse: (text: string) => Parsed): (text: string) => Parsed {
  const known = new Map<string, Parsed>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const parsed = parse(text);
    if (known.size === most) known.clear();
    known.set(text, parsed);
    return parsed;
  };
}

export const conditionOf = remembered(parseCondition);
export const updateOf = remembered(parseUpdate);
