import { readArguments, usageOf, wholeNumber } from '../../system/arguments.ts';

export interface ServeOptions {
  readonly port: number;
}

const table = {
  port: { value: 'N', default: '4566', help: 'port on the loopback interface' },
  help: { value: '', help: 'print this' },
} as const;

const highestPort = 65_535;

export const serveUsage = `${usageOf('npm run localstack -- [options]', table)}

Runs LocalStack 4.14.0 (community) without Docker until Ctrl-C. The first time it installs LocalStack below .local/.
It needs Python 3.13, Java 17 or later, and Maven (only to install).

It is not AWS, and less than LocalStack in Docker. Functions are processes of this machine: only Node.js functions
run, without layers and without a limit of memory. Services that LocalStack starts as further programs, for example
OpenSearch, are not installed. Nothing is kept after the end.`;

/**
 * Reads the options of `npm run localstack`.
 * @returns `help` if the user asks for help.
 * @throws ConfigurationError that names the option, its value and the valid values.
 */
export function readServeOptions(args: readonly string[]): ServeOptions | 'help' {
  const { values } = readArguments(args, table, serveUsage);
  if (values.help === true) return 'help';
  const value = (values.port as string | undefined) ?? table.port.default;
  return { port: wholeNumber('port', value, 1, highestPort) };
}
