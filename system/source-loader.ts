import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { systemFolder } from './folders.ts';

const { resolve } = createRequire(join(systemFolder, 'source-loader.ts'));

/**
 * Options of Node with which a process runs TypeScript sources.
 *
 * They stand on the command line and never in NODE_OPTIONS: a function would inherit a variable.
 */
export const sourceLoader: readonly string[] = ['--import', pathToFileURL(resolve('tsx')).href];
