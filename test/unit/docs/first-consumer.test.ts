import ts from 'typescript';
import * as v from 'valibot';
import * as runtime from '../../../runtime/order-once.ts';
import * as testing from '../../../testing/index.ts';
import { blocksOf } from './blocks.ts';

const packages: Readonly<Record<string, unknown>> = {
  'order-once': runtime,
  'order-once/testing': testing,
  valibot: v,
};

/** Runs a block as a file of its reader, and returns its exports. */
function run(page: string, file: string, modules: Readonly<Record<string, unknown>>): object {
  const { code = '' } = blocksOf(page).find((block) => block.file === file) ?? {};
  const { outputText } = ts.transpileModule(code, { compilerOptions: { module: ts.ModuleKind.CommonJS } });
  const exports = {};
  new Function('exports', 'require', outputText)(exports, (name: string) => modules[name]);
  return exports;
}

// The tests are those of the page.
describe.each(['README.md', 'docs/consumers.md'])('%s', (page) => {
  const bookings = run(page, 'bookings.ts', packages);
  run(page, 'test/bookings.test.ts', { ...packages, '../bookings': bookings });
});
