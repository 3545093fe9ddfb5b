import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CfnResource, Stack, Stage } from 'aws-cdk-lib/core';
import { readStacks } from '../../../../local/deployment/assembly.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'order-once-assembly-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('reads the stacks of an app and of its stages, by the names with which the CDK selects them', async () => {
  const app = new App({ outdir: folder });
  const shop = new Stack(app, 'Shop', { env: { account: '123456789012', region: 'eu-central-1' } });
  const production = new Stage(app, 'Production');
  production.node.setContext('@aws-cdk/core:bootstrapQualifier', 'custom');
  const mails = new Stack(production, 'Mails');
  // The CDK warns of stacks without resources.
  for (const stack of [shop, mails]) new CfnResource(stack, 'Topic', { type: 'AWS::SNS::Topic' });
  app.synth();
  const stacks = await readStacks(folder);
  expect([...stacks].sort((a, b) => a.name.localeCompare(b.name))).toEqual([
    {
      name: 'Production/Mails',
      stackName: 'Production-Mails',
      account: undefined,
      region: undefined,
      qualifier: 'custom',
    },
    {
      name: 'Shop',
      stackName: 'Shop',
      account: '123456789012',
      region: 'eu-central-1',
      qualifier: 'hnb659fds',
    },
  ]);
});

test('finds no stack in an app without one', async () => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'manifest.json'), '{ "version": "48.0.0" }');
  expect(await readStacks(folder)).toEqual([]);
});
