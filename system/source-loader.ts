import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { systemFolder } from './folders.ts';

const { resolve } = createRequire(join(systemFolder, 'source-loader.ts'));

/**
 * Node's options to run TypeScript sources.
 *
 * Pass them on the command line, never in NODE_OPTIONS, because functions would inherit the variable.
 */
export const sourceLoader: readonly string[] = ['--import', pathToFileURL(resolve('tsx')).href];
