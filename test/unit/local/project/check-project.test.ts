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

function installCdk(): void {
  mkdirSync(join(folder, 'node_modules/aws-cdk/bin'), { recursive: true });
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
