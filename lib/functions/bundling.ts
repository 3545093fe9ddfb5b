import { type BundlingOptions, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { ConfigurationError } from '../../contract/errors.ts';

/** esbuild leaves the `require` of a CommonJS dependency as it is, and an ES module has none. */
const requireForCommonJs =
  "import { createRequire as createRequireOfBundle } from 'node:module';" +
  'const require = createRequireOfBundle(import.meta.url);';

/**
 * What stands in a bundle for a module of that name. To import `node:http` reads all that it exports, and one of its
 * exports loads Node's `fetch` with all that belongs to it, which no client of AWS uses: a fifth of the time that a
 * function would take to load. To require it reads nothing.
 */
export const replacedModules = {
  'node:http': "data:text/javascript,module.exports=require('http')",
} as const;

const alias = `node:http=${replacedModules['node:http']}`;

/** How every function becomes a file: one minified ES module with its AWS SDK inside, and a source map beside it. */
export const bundling = {
  format: OutputFormat.ESM,
  mainFields: ['module', 'main'],
  minify: true,
  // Stacks in the log name the handler's own file and line. The map has positions only: the sources would triple it.
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
