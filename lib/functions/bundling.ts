import { type BundlingOptions, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { ConfigurationError } from '../../contract/errors.ts';

/** Gives CommonJS dependencies a `require`: esbuild keeps their calls of it, and an ES module has none. */
const requireForCommonJs =
  "import { createRequire as createRequireOfBundle } from 'node:module';" +
  'const require = createRequireOfBundle(import.meta.url);';

/**
 * Replacements of modules in a bundle. Importing `node:http` reads all of its exports, and one of them loads Node's `fetch`,
 * which no AWS client uses: a fifth of the time that a function would take to load. `require` reads no export.
 */
export const replacedModules = {
  'node:http': "data:text/javascript,module.exports=require('http')",
} as const;

const alias = `node:http=${replacedModules['node:http']}`;

/** The bundling of every function: one minified ES module with its AWS SDK inside, and a source map beside it. */
export const bundling = {
  format: OutputFormat.ESM,
  mainFields: ['module', 'main'],
  minify: true,
  // Stack traces in the log then name the handler's own file and line. The map has no sources: they would triple it.
  sourceMap: true,
  sourcesContent: false,
  bundleAwsSDK: true,
  banner: requireForCommonJs,
  esbuildArgs: { '--alias': alias },
} satisfies BundlingOptions;

/** A banner that many projects have already. A second declaration of `require` would be a syntax error. */
const declaresRequire = /\b(const|let|var)\s+require\b/;

/**
 * The bundling of every function with options of a user's own, which go before it. The format stays, banners are joined,
 * and aliases are added.
 *
 * @throws ConfigurationError for another format than ES modules.
 */
export function bundlingWith(own: BundlingOptions): BundlingOptions {
  if (own.format !== undefined && own.format !== OutputFormat.ESM) {
    throw new ConfigurationError(
      `bundling.format is "${own.format}"; it must be "${OutputFormat.ESM}": functions are ES modules, which may await at ` +
        'their top level. A handler of CommonJS modules is bundled into one as it is, so leave the format out.',
    );
  }
  const { banner = '', esbuildArgs = {} } = own;
  const { '--alias': aliases = [] } = esbuildArgs;
  return {
    ...bundling,
    ...own,
    banner: declaresRequire.test(banner) ? banner : bundling.banner + banner,
    esbuildArgs: {
      ...esbuildArgs,
      '--alias': [...[aliases].flat().filter((one) => typeof one === 'string'), alias],
    },
  };
}
