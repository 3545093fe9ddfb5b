import { command, entries } from './entries.ts';

/** Names under which an entry point is imported; `order-once/runtime` is an alias of `order-once`. */
function pathsOf(name: string): string[] {
  return name === 'runtime' ? ['.', './runtime'] : [`./${name}`];
}

/** Returns the part of package.json that follows from the entry points. */
export function manifestOf() {
  const named = Object.entries(entries).flatMap(([name, entry]) =>
    pathsOf(name).map((path) => ({ name, path, ...entry })),
  );
  return {
    main: './dist/runtime.cjs',
    types: './dist/runtime.d.cts',
    bin: { 'order-once': `./dist/esm/${command.replace(/\.ts$/, '.js')}` },
    exports: Object.fromEntries(
      named.map(({ name, path, source, single }) => {
        const esm = `./dist/esm/${source.replace(/\.ts$/, '')}`;
        return [
          path,
          {
            import: single
              ? { types: `./dist/${name}.d.mts`, default: `./dist/${name}.mjs` }
              : { types: `${esm}.d.ts`, default: `${esm}.js` },
            require: { types: `./dist/${name}.d.cts`, default: `./dist/${name}.cjs` },
          },
        ];
      }),
    ),
    // For `moduleResolution: node10`, which does not read `exports`.
    typesVersions: {
      '*': Object.fromEntries(Object.keys(entries).map((name) => [name, [`./dist/${name}.d.cts`]])),
    },
  };
}
