import * as v from 'valibot';

type Given = Readonly<Record<string, unknown>>;

/**
 * A schema for one level of a settings file: names that are not in `entries` are refused. A missing setting is given to
 * its own schema as `undefined`, whose message says what to write.
 *
 * @param entries A schema for each setting. Its message completes "it must be ...".
 * @param wanted The same for the whole object.
 */
export function settingsObject<Entries extends v.ObjectEntries>(
  entries: Entries,
  wanted = 'an object of settings, in {}',
) {
  return v.pipe(
    v.custom<Given>(isObject, wanted),
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return;
      const given = dataset.value;
      for (const key of Object.keys(given).filter((name) => !Object.hasOwn(entries, name))) {
        const path = { type: 'object', origin: 'key', input: given, key, value: given[key] } as const;
        addIssue({ message: 'unknown', received: Object.keys(entries).join(), path: [path] });
      }
    }),
    v.transform((given) => ({ ...nothing(entries), ...given })),
    v.object(entries),
  );
}

/**
 * A part of the application that is off, or has settings. The setting is required, so that a deployed part cannot
 * disappear because somebody forgot it.
 *
 * @param settings A `settingsObject`.
 * @param wanted Completes "it must be ...".
 */
export function offOr<Settings extends v.GenericSchema>(settings: Settings, wanted: string) {
  const off = v.literal('off', wanted);
  return v.lazy<typeof off | Settings>((given) => (isObject(given) ? settings : off));
}

/** A whole number from `least` to `most`. @param wanted Completes "it must be ...". */
export function wholeNumber(least: number, most: number, wanted: string) {
  return v.custom<number>(
    (value) => Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most,
    wanted,
  );
}

/** A text. @param wanted Completes "it must be ...". */
export function text(valid: RegExp | ((value: string) => boolean), wanted: string) {
  const isValid = typeof valid === 'function' ? valid : (value: string) => valid.test(value);
  return v.custom<string>((value) => typeof value === 'string' && isValid(value), wanted);
}

function nothing(entries: v.ObjectEntries): Given {
  return Object.fromEntries(Object.keys(entries).map((name) => [name, undefined]));
}

function isObject(value: unknown): value is Given {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
