import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError } from '../../../../contract/errors.ts';
import { checkProject } from '../../../../local/project/check-project.ts';
import { ToolError } from '../../../../system/errors.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'order-once-project-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function installCdk(version = '2.167.0'): void {
  mkdirSync(join(folder, 'node_modules/aws-cdk/bin'), { recursive: true });
  writeFileSync(join(folder, 'node_modules/aws-cdk/package.json'), JSON.stringify({ version }));
  writeFileSync(join(folder, 'node_modules/aws-cdk/bin/cdk'), '');
}

test('accepts a folder with cdk.json and the CDK', () => {
  installCdk();
  writeFileSync(join(folder, 'cdk.json'), '{}');
  expect(() => checkProject({ folder })).not.toThrow();
});

test('accepts a folder without cdk.json if the app is named', () => {
  installCdk();
  expect(() => checkProject({ folder, app: 'npx tsx app.ts' })).not.toThrow();
});

test('finds the CDK of a workspace in a folder above the project', () => {
  installCdk();
  const inner = join(folder, 'packages/shop');
  mkdirSync(inner, { recursive: true });
  expect(() => checkProject({ folder: inner, app: 'npx tsx app.ts' })).not.toThrow();
});

test('without cdk.json and without an app, names the folder and the option', () => {
  installCdk();
  const checking = () => checkProject({ folder });
  expect(checking).toThrow(ConfigurationError);
  expect(checking).toThrow(`There is no cdk.json in ${folder}: run this in the folder of your CDK app, or`);
});

test('refuses an empty command of the app', () => {
  expect(() => checkProject({ folder, app: '' })).toThrow(/--app.* is empty: it takes a command/);
});

test('without the CDK, says how to install it', () => {
  const checking = () => checkProject({ folder, app: 'npx tsx app.ts' });
  expect(checking).toThrow(ToolError);
  expect(checking).toThrow(/not installed in .*npm install --save-dev aws-cdk/);
});

test.each(['2.1148.1', '2.167.0', '3.0.0'])('accepts version %s of the CDK', (version) => {
  installCdk(version);
  expect(() => checkProject({ folder, app: 'npx tsx app.ts' })).not.toThrow();
});

test.each([
  '1.204.0',
  '2.99.1',
  '2.166.0',
])('refuses version %s of the CDK, which would deploy to AWS itself, and says how to update it', (version) => {
  installCdk(version);
  const checking = () => checkProject({ folder, app: 'npx tsx app.ts' });
  expect(checking).toThrow(ToolError);
  expect(checking).toThrow(`is version ${version}, which ignores AWS_ENDPOINT_URL`);
  expect(checking).toThrow('npm install --save-dev aws-cdk@latest');
});

test('names a folder that does not exist, even if a folder above it has the CDK', () => {
  installCdk();
  const nowhere = join(folder, 'packages/shop');
  const checking = () => checkProject({ folder: nowhere, app: 'npx tsx app.ts' });
  expect(checking).toThrow(ConfigurationError);
  expect(checking).toThrow(`(folder) is "${nowhere}", which does not exist`);
});
