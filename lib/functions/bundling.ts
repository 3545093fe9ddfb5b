import { type BundlingOptions, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { ConfigurationError } from '../../contract/errors.ts';

/**
 * Gives CommonJS dependencies a `require` function. esbuild keeps their calls of `require`, which does not exist in an
 * ES module.
 */
const requireForCommonJs =
  "import { createRequire as createRequireOfBundle } from 'node:module';" +
  'const require = createRequireOfBundle(import.meta.url);';

/**
 * Replaced modules of a bundle. An import of `node:http` reads all of the module's exports, and one of them loads
 * Node's `fetch`, which no AWS client uses. That takes a fifth of a function's load time. `require` reads no export.
 */
export const replacedModules = {
  'node:http': "data:text/javascript,module.exports=require('http')",
} as const;

const alias = `node:http=${replacedModules['node:http']}`;

/** The bundling of every function: one minified ES module that contains the AWS SDK, and a source map. */
export const bundling = {
  format: OutputFormat.ESM,
  mainFields: ['module', 'main'],
  minify: true,
  // With the map, stack traces in the log name source files and lines. The map has no source text, which would triple
  // its size.
  sourceMap: true,
  sourcesContent: false,
  bundleAwsSDK: true,
  banner: requireForCommonJs,
  esbuildArgs: { '--alias': alias },
} satisfies BundlingOptions;

/** Many projects already have a banner that declares `require`. A second declaration would be a syntax error. */
const declaresRequire = /\b(const|let|var)\s+require\b/;

/**
 * Combines the bundling of every function with the user's options. The user's options take precedence, except that the
 * format stays, banners are joined, and aliases are added.
 *
 * @throws ConfigurationError for any format except ES modules.
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
