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
  const addresses = new Stack(production, 'Addresses');
  mails.addStackDependency(addresses);
  // The CDK warns of stacks without resources.
  for (const stack of [shop, mails, addresses]) new CfnResource(stack, 'Topic', { type: 'AWS::SNS::Topic' });
  app.synth();
  const stacks = await readStacks(folder);
  const anywhere = { account: undefined, region: undefined, qualifier: 'custom' };
  const inStage = (id: string) =>
    expect.stringMatching(new RegExp(`^${folder}/assembly-Production/.*${id}.*\\.template\\.json$`));
  expect([...stacks].sort((a, b) => a.name.localeCompare(b.name))).toEqual([
    {
      name: 'Production/Addresses',
      stackName: 'Production-Addresses',
      ...anywhere,
      template: inStage('Addresses'),
      dependencies: [],
    },
    {
      name: 'Production/Mails',
      stackName: 'Production-Mails',
      ...anywhere,
      template: inStage('Mails'),
      dependencies: ['Production/Addresses'],
    },
    {
      name: 'Shop',
      stackName: 'Shop',
      account: '123456789012',
      region: 'eu-central-1',
      qualifier: 'hnb659fds',
      template: join(folder, 'Shop.template.json'),
      dependencies: [],
    },
  ]);
});

test('finds no stack in an app without one', async () => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'manifest.json'), '{ "version": "48.0.0" }');
  expect(await readStacks(folder)).toEqual([]);
});
