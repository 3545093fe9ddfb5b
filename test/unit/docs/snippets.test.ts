import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { entries } from '../../../packaging/entries.ts';
import { blocksOf, splitImports } from './blocks.ts';

const root = join(__dirname, '../../..');

/** What snippets name and leave to their reader. */
const readers = `
  import type { OrderEvent } from '../contract/orders/order-event.ts';
  import type { RecordStore, StoredRecord } from '../runtime/index.ts';
  declare global {
    function charge(order: unknown, key?: string, options?: { signal: AbortSignal }): Promise<{ id: string }>;
    const token: string;
    const recordsTableName: string;
    const queueUrl: string;
    const deadLetterQueueUrl: string;
    const yourStore: RecordStore;
    const yourTable: { write(id: string, record: unknown): Promise<void> };
  }`;

interface Snippet {
  readonly path: string;
  readonly source: string;
}

/** In a function of a stack, where a snippet stands in the end; imports stay in front. */
function snippetOf(page: string, text: string, line: number, file = ''): Snippet {
  const { imports, body } = splitImports(text);
  const source = `${imports}
    export async function snippet(this: import('aws-cdk-lib').Stack) {\n${body.replaceAll(/^export /gm, '')}}`;
  return { path: join(root, 'docs', dirname(file), `${page.replaceAll('/', '-')}-${line}.ts`), source };
}

function snippetsOf(page: string): Snippet[] {
  return blocksOf(page).map(({ code, line, file }) => snippetOf(page, code, line, file));
}

/** A file that other blocks of a page import: its first line names it. */
const files = blocksOf('README.md').flatMap(({ code, file }) =>
  file === undefined ? [] : [{ path: join(root, 'docs', file), source: code }],
);

/** The entry points of the package, as sources. */
const exported = Object.entries({ ...entries, '': entries.runtime }).map(
  ([name, entry]) => [join('order-once', name), [join(root, entry?.source ?? '')]] as const,
);

function problemsOf(snippets: readonly Snippet[]): string[] {
  const given = new Map([...files, ...snippets].map(({ path, source }) => [path, source]));
  const ambient = join(root, 'docs', 'readers.d.ts');
  given.set(ambient, readers);
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, root);
  options.paths = Object.fromEntries(exported.map(([name, paths]) => [name, [...paths]]));
  options.noUnusedLocals = false;
  // Imports without extensions, as in most projects that use the CDK.
  options.module = ts.ModuleKind.ESNext;
  options.moduleResolution = ts.ModuleResolutionKind.Bundler;
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (path) => given.has(path) || fileExists(path);
  host.readFile = (path) => given.get(path) ?? readFile(path);
  host.getSourceFile = (path, version, ...rest) => {
    const source = given.get(path);
    if (source === undefined) return getSourceFile(path, version, ...rest);
    return ts.createSourceFile(path, source, version);
  };
  const program = ts.createProgram([...given.keys()], options, host);
  return [...given.keys()].flatMap((path) => {
    const file = program.getSourceFile(path);
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
      ({ messageText }) => `${path}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
    );
  });
}

it('every TypeScript snippet of the documentation compiles', () => {
  const pages = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)];
  const snippets = pages.filter((page) => page.endsWith('.md')).flatMap(snippetsOf);
  expect(snippets.length).toBeGreaterThan(5);
  expect(problemsOf(snippets)).toEqual([]);
  // The types of the CDK are read once more here, on a busy machine too.
});
