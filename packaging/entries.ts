/** The command `order-once`. */
export const command = 'cli/main.ts';

/** Rooms that read files which are not modules. The package holds those files too, at the same place. */
export const roomsWithFiles = ['system', 'local'] as const;

/** Whether the package holds a file of such a room: modules are compiled, and the repository alone uses its two linters. */
export function isPackaged(path: string): boolean {
  return !/\.ts$|__pycache__|(cfn-lint|check-jsonschema)\.txt$/.test(path);
}

/** An entry point of the package. */
export interface Entry {
  /** The source that it exports, from the root of the repository. */
  readonly source: string;
  /**
   * `true`: an importer and a `require` get the same instance, which is CommonJS. Classes of constructs and the state of
   * a test must not exist twice in one process.
   */
  readonly single?: true;
}

/** The entry points by the name of their files in `dist/`. `exports` in package.json lists them, and a test compares both. */
export const entries: Readonly<Record<string, Entry>> = {
  runtime: { source: 'runtime/order-once.ts' },
  constructs: { source: 'lib/index.ts', single: true },
  testing: { source: 'testing/index.ts', single: true },
  local: { source: 'local/index.ts', single: true },
  publisher: { source: 'publisher/index.ts' },
  http: { source: 'runtime/http/index.ts' },
  powertools: { source: 'runtime/powertools/index.ts' },
  redis: { source: 'runtime/stores/redis/index.ts' },
  contract: { source: 'contract/index.ts' },
  'store-suite': { source: 'test/contract/suite.ts' },
};
