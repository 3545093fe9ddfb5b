import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { argv, execPath } from 'node:process';
import ts from 'typescript';
import { repository } from '../system/folders.ts';
import { entries, isPackaged, roomsWithFiles } from './entries.ts';

/*
 * Builds the package into `dist/`, or into the folder that is given: `esm/` and `cjs/` hold the same modules in both
 * formats, and beside them stand the entry points for `require` (and one ES module around each CommonJS-only entry).
 */

const require = createRequire(join(repository, 'package.json'));
const dist = resolve(argv[2] ?? join(repository, 'dist'));
const esm = join(dist, 'esm');
const cjs = join(dist, 'cjs');

/** Compiles all sources of the package to ES modules with their types. @throws Error if the compiler finds a mistake. */
async function compile(): Promise<void> {
  const tsc = require.resolve('typescript/bin/tsc');
  const child = spawn(execPath, [tsc, '-p', join(repository, 'packaging'), '--outDir', esm], {
    stdio: 'inherit',
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`tsc -p packaging failed with exit code ${code}`);
}

/** Writes each ES module again as CommonJS. Its types are the same text, because no relative import changes. */
function convert(): void {
  const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2023 };
  for (const path of readdirSync(esm, { recursive: true, encoding: 'utf8' })) {
    const file = join(esm, path);
    if (!statSync(file).isFile()) continue;
    const text = readFileSync(file, 'utf8');
    const target = join(cjs, path);
    mkdirSync(dirname(target), { recursive: true });
    const isTypes = path.endsWith('.d.ts');
    writeFileSync(
      target,
      isTypes ? text : ts.transpileModule(withoutMeta(text), { compilerOptions }).outputText,
    );
  }
  writeFileSync(join(cjs, 'package.json'), '{ "type": "commonjs" }\n');
}

/** The compiler leaves `import.meta` as it is, and CommonJS has none. */
function withoutMeta(text: string): string {
  return text.replace(/\bimport\.meta\.(dirname|filename)\b/g, '__$1');
}

/** Copies the scripts and lists that modules read beside themselves. */
function copyFiles(): void {
  for (const room of roomsWithFiles) {
    for (const format of [esm, cjs]) {
      cpSync(join(repository, room), join(format, room), {
        recursive: true,
        filter: isPackaged,
      });
    }
  }
}

rmSync(dist, { recursive: true, force: true });
await compile();
convert();
copyFiles();

for (const [name, { source, single }] of Object.entries(entries)) {
  const module = `./cjs/${source.replace(/\.ts$/, '.js')}`;
  const write = (extension: string, text: string) =>
    writeFileSync(join(dist, `${name}.${extension}`), `${text}\n`);
  write('cjs', `module.exports = require('${module}');`);
  write('d.cts', `export * from '${module}';`);
  if (single !== true) continue;
  const names = Object.keys(require(join(dist, module)));
  write('mjs', `import one from '${module}';\nexport const { ${names.join(', ')} } = one;`);
  write('d.mts', `export * from '${module}';`);
}
