import { LuaError, NotEvaluatedError } from './errors.ts';
import { argument, type LuaFunction, LuaTable, type LuaValue, numberOf, wholeText } from './lua-values.ts';

/** Functions under their names; Lua has more of them than are known here. */
class Library extends LuaTable {
  override get(name: LuaValue): LuaValue {
    const value = super.get(name);
    if (value === undefined) throw new NotEvaluatedError(`the function "${String(name)}" of a library`);
    return value;
  }
}

export function libraryOf(functions: Readonly<Record<string, LuaFunction>>): LuaTable {
  const table = new Library();
  for (const [name, value] of Object.entries(functions)) table.set(name, value);
  return table;
}

/** What scripts use of the libraries of Lua, by their global names. */
export const libraries: Readonly<Record<string, LuaValue>> = {
  tonumber(...values) {
    if (values.length === 0) throw new LuaError("bad argument #1 to 'tonumber' (value expected)");
    if (values.length > 1) throw new NotEvaluatedError('the base of a number');
    return [numberOf(values[0])];
  },
  math: libraryOf({ floor: (value) => [Math.floor(argument(value, 'floor'))] }),
  string: libraryOf({
    format(format, value) {
      if (format !== '%.0f') throw new NotEvaluatedError(`the format "${format}"`);
      return [wholeText(halfToEven(argument(value, 'format')))];
    },
  }),
};

/** As C writes a number without its fraction; what is halfway goes to the even one of its neighbours. */
function halfToEven(number: number): number {
  const below = Math.floor(number);
  const isUp = number - below === 0.5 ? below % 2 !== 0 : number - below > 0.5;
  const whole = isUp ? below + 1 : below;
  // The sign of what is above -0.5 stays.
  return whole === 0 && number < 0 ? -0 : whole;
}
