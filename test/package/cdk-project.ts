import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../../system/folders.ts';
import { blocksOf, splitImports } from '../unit/docs/blocks.ts';
import type { NodeVersion } from './node-versions.ts';
import { step } from './steps.ts';

/*
 * The first contact with the package: a project as `cdk init` makes it, and the code of the README in it.
 */

const manifest = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));

/** Packages of this repository with their pinned versions. */
function pinned(...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, manifest.devDependencies[name]]));
}

/** The versions of TypeScript that the types compile with, by the name of their packages in the project. */
const compilers = { typescript: manifest.devDependencies.typescript, 'typescript-5': '5.9.3' } as const;

/** How a project may find modules. The first is that of `cdk init`, the second that of its older templates. */
const resolutions = [
  { compiler: 'typescript', module: 'nodenext', moduleResolution: 'nodenext' },
  { compiler: 'typescript-5', module: 'commonjs', moduleResolution: 'node10' },
  { compiler: 'typescript-5', module: 'nodenext', moduleResolution: 'nodenext' },
  { compiler: 'typescript', module: 'esnext', moduleResolution: 'bundler' },
] as const;

const stackTest = `
import { App } from 'aws-cdk-lib/core';
import { Template } from 'aws-cdk-lib/assertions';
import { BookingsStack } from '../lib/bookings-stack';

test('the consumer reads a FIFO queue', () => {
  const template = Template.fromStack(new BookingsStack(new App(), 'Test'));
  template.hasResourceProperties('AWS::SQS::Queue', { FifoQueue: true });
  template.resourceCountIs('AWS::Lambda::EventSourceMapping', 1);
});
`;

/** As older templates of `cdk init` test: with ts-jest, here with the older compiler. */
const tsJest = `
module.exports = {
  ...require('./jest.config.js'),
  transform: {
    '^.+\\\\.tsx?$': ['ts-jest', { compiler: 'typescript-5' }],
  },
};
`;

/**
 * Returns a code block of the README as it stands there.
 *
 * @param start The comment that it begins with.
 * @throws Error if no block begins so.
 */
function readmeCode(start: string): string {
  const block = blocksOf('README.md').find(({ code }) => code.startsWith(start));
  if (block === undefined)
    throw new Error(`README.md has no block of TypeScript that begins with "${start}"`);
  return block.code;
}

/** Makes the project in an empty folder, and installs the package with everything that it needs beside it. */
export function makeCdkProject(folder: string, tarball: string): void {
  mkdirSync(folder, { recursive: true });
  const cdk = join(repository, 'node_modules/aws-cdk/bin/cdk');
  const init = ['init', 'app', '--language', 'typescript', '--generate-only', '--no-notices'];
  step('cdk init app --language typescript', [process.execPath, cdk, ...init], { cwd: folder });

  const write = (path: string, text: string) => writeFileSync(join(folder, path), text);
  const { imports, body } = splitImports(readmeCode('// in your stack'));
  write('bookings.ts', readmeCode('// bookings.ts'));
  write(
    'lib/bookings-stack.ts',
    `import * as cdk from 'aws-cdk-lib/core';\nimport { Construct } from 'constructs';\n${imports}
export class BookingsStack extends cdk.Stack {
  constructor(scope: Construct, id: string, props?: cdk.StackProps) {
    super(scope, id, props);\n${body}  }\n}\n`,
  );
  write('test/bookings.test.ts', readmeCode('// test/bookings.test.ts'));
  write('test/bookings-stack.test.ts', stackTest);
  write('jest.ts-jest.config.js', tsJest);

  const project = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  project.dependencies = {
    ...project.dependencies,
    ...pinned('aws-cdk-lib', 'constructs'),
    valibot: manifest.dependencies.valibot,
  };
  project.devDependencies = {
    ...project.devDependencies,
    ...pinned('@swc/core', '@swc/jest', '@types/jest', 'aws-cdk', 'esbuild', 'jest', 'tsx'),
    'ts-jest': '29.4.15',
    typescript: compilers.typescript,
    'typescript-5': `npm:typescript@${compilers['typescript-5']}`,
  };
  project.overrides = manifest.overrides;
  write('package.json', JSON.stringify(project, null, 2));
  step('npm install', ['npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', tarball], {
    cwd: folder,
  });
}

/** Compiles the project, without leaving out the types of its packages, in every way in which a project finds modules. */
export function compileCdkProject(folder: string): void {
  for (const { compiler, module, moduleResolution } of resolutions) {
    const tsc = join(folder, 'node_modules', compiler, 'bin/tsc');
    const options = ['--skipLibCheck', 'false', '--module', module, '--moduleResolution', moduleResolution];
    const name = `tsc ${compilers[compiler]}, module resolution "${moduleResolution}"`;
    step(name, [process.execPath, tsc, ...options], { cwd: folder });
  }
}

/** Runs the project's tests and its synthesis on a version of Node. */
export function runCdkProject(folder: string, node: NodeVersion): void {
  const options = { cwd: folder, node: node.path };
  const jest = ['npx', 'jest'];
  step(`${node.name}: npx jest`, jest, options);
  step(`${node.name}: npx jest, with ts-jest`, [...jest, '-c', 'jest.ts-jest.config.js'], options);
  step(`${node.name}: npx cdk synth`, ['npx', 'cdk', 'synth', '--quiet', '--no-notices'], options);
}
