import { OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { bundling, bundlingWith } from '../../../lib/functions/bundling.ts';

const alias = bundling.esbuildArgs['--alias'];
const ownRequire = "import { createRequire } from 'module'; const require = createRequire(import.meta.url);";

test('bundling options of the user take precedence over the defaults', () => {
  expect(bundlingWith({ minify: false, nodeModules: ['pg'], bundleAwsSDK: false })).toEqual({
    ...bundling,
    minify: false,
    nodeModules: ['pg'],
    bundleAwsSDK: false,
    esbuildArgs: { '--alias': [alias] },
  });
});

test("a banner of the user follows the one that gives CommonJS dependencies their 'require'", () => {
  expect(bundlingWith({ banner: '/* mine */' }).banner).toBe(`${bundling.banner}/* mine */`);
});

test("a banner that declares 'require' itself replaces the default one, because a second declaration is a syntax error", () => {
  expect(bundlingWith({ banner: ownRequire }).banner).toBe(ownRequire);
});

test.each([
  [{ '--alias': 'a=b' }, ['a=b', alias]],
  [{ '--alias': ['a=b', 'c=d'] }, ['a=b', 'c=d', alias]],
  [{ '--log-limit': '0' }, [alias]],
])('esbuild arguments of the user are added to the defaults: %j', (esbuildArgs, aliases) => {
  expect(bundlingWith({ esbuildArgs }).esbuildArgs).toEqual({ ...esbuildArgs, '--alias': aliases });
});

test('synthesis fails for any format except ES modules', () => {
  expect(bundlingWith({ format: OutputFormat.ESM }).format).toBe('esm');
  expect(() => bundlingWith({ format: OutputFormat.CJS })).toThrow(
    'bundling.format is "cjs"; it must be "esm": functions are ES modules',
  );
});
