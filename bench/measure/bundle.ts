import { join } from 'node:path';
import { buildSync, type Metafile } from 'esbuild';
import { bundling, replacedModules } from '../../lib/functions/bundling.ts';

/** Number of bytes of a bundle by package, the largest first. `order-once` is the code of this repository. */
export type Packages = Readonly<Record<string, number>>;

export interface Bundle {
  readonly file: string;
  /** In bytes. */
  readonly size: number;
  /** The code that runs when the bundle is loaded. */
  readonly loaded: Packages;
  /** The code that runs only after an `import()`. */
  readonly deferred: Packages;
}

/** Bundles a module with the same options as the deployed functions. */
export function bundle(entry: string, file: string): Bundle {
  const { format, mainFields, minify, banner } = bundling;
  const { metafile } = buildSync({
    entryPoints: [entry],
    outfile: file,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format,
    mainFields,
    minify,
    alias: replacedModules,
    banner: { js: banner },
    metafile: true,
    // An entry in a temporary folder has no node_modules of its own.
    nodePaths: [join(import.meta.dirname, '../../node_modules')],
  });
  const [output] = Object.values(metafile.outputs);
  if (output?.entryPoint === undefined) throw new Error(`esbuild made no bundle of ${entry}`);
  const atOnce = importedAtOnce(metafile.inputs, output.entryPoint);
  const bytes = Object.entries(output.inputs).map(
    ([input, { bytesInOutput }]) => [input, bytesInOutput] as const,
  );
  return {
    file,
    size: output.bytes,
    loaded: byPackage(bytes.filter(([input]) => atOnce.has(input))),
    deferred: byPackage(bytes.filter(([input]) => !atOnce.has(input))),
  };
}

/** The modules that are imported without an `import()`, directly or indirectly. */
function importedAtOnce(inputs: Metafile['inputs'], entry: string): ReadonlySet<string> {
  const reached = new Set([entry]);
  // The loop also visits the modules that are added to the set meanwhile.
  for (const input of reached) {
    for (const { path, kind } of inputs[input]?.imports ?? []) {
      if (kind !== 'dynamic-import') reached.add(path);
    }
  }
  return reached;
}

function byPackage(bytes: readonly (readonly [input: string, bytes: number])[]): Packages {
  const packages: Record<string, number> = {};
  for (const [input, count] of bytes) {
    const [, name = 'order-once'] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input) ?? [];
    packages[name] = (packages[name] ?? 0) + count;
  }
  return Object.fromEntries(Object.entries(packages).toSorted(([, a], [, b]) => b - a));
}
