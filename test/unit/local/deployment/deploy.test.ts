import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient, type ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { deploy } from '../../../../local/deployment/deploy.ts';
import { credentials } from '../../../../local/endpoint/client-config.ts';
import type { Endpoint } from '../../../../local/endpoint/endpoint.ts';
import { loopback } from '../../../../local/endpoint/function-host.ts';
import { awsVariables } from '../../../../system/environment.ts';

let project: string;
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'order-once-deploy-'));
});
afterEach(() => rmSync(project, { recursive: true }));

/** Installs a CDK whose command runs this script. It has `command`, and `pidFile` for a command that hangs. */
function installCdk(script: string): void {
  const home = join(project, 'node_modules/aws-cdk');
  mkdirSync(join(home, 'bin'), { recursive: true });
  writeFileSync(join(home, 'package.json'), JSON.stringify({ version: '2.1148.1' }));
  const head = `const { existsSync, renameSync, writeFileSync } = require('node:fs');
const command = process.argv[2];
const pidFile = ${JSON.stringify(join(project, 'pid'))};
`;
  writeFileSync(join(home, 'bin/cdk'), head + script);
}

function endpointOf(folder: string): Endpoint {
  const url = 'http://127.0.0.1:9';
  return {
    url,
    started: true,
    emulatorPid: undefined,
    emulator: undefined,
    functionHost: loopback,
    folder,
    environment: { [awsVariables.endpoint]: url },
    clientConfig: { endpoint: url, region: 'us-east-1', credentials, useQueueUrlAsEndpoint: false },
    died: new Promise(() => {}),
    keep: async () => undefined,
    stop: async () => {},
  };
}

test.each([
  ['synth', 'bootstrap'],
  ['bootstrap', 'synth'],
])('if cdk %s fails, cdk %s is ended, and nothing is left running', async (failing, other) => {
  // GIVEN a command that fails when the other one runs, which would never end
  installCdk(`
if (command === '${other}') {
  writeFileSync(pidFile + '.new', String(process.pid));
  renameSync(pidFile + '.new', pidFile);
  setInterval(() => {}, 1000);
} else {
  setInterval(() => {
    if (!existsSync(pidFile)) return;
    process.stderr.write('No luck today');
    process.exit(1);
  }, 10);
}
`);
  await expect(deploy(endpointOf(project), { project, app: 'node app.js' })).rejects.toThrow(
    new RegExp(`^cdk ${failing}.* failed \\(exit code 1\\):\nNo luck today$`),
  );
  const pid = Number(readFileSync(join(project, 'pid'), 'utf8'));
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});

test("the CDK gets the endpoint's settings instead of the user's own, and does not warn of an old Node", async () => {
  installCdk(`
const { AWS_PROFILE, AWS_ENDPOINT_URL, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED } = process.env;
process.stderr.write([AWS_PROFILE, AWS_ENDPOINT_URL, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED].join());
process.exit(1);
`);
  // biome-ignore lint/style/noProcessEnv: the user's environment.
  process.env.AWS_PROFILE = 'production';
  try {
    await expect(deploy(endpointOf(project), { project })).rejects.toThrow('\n,http://127.0.0.1:9,true');
  } finally {
    // biome-ignore lint/style/noProcessEnv: as above.
    delete process.env.AWS_PROFILE;
  }
});

test('apps are synthesized without alarms, unless their context says otherwise', async () => {
  installCdk(`
if (command === 'synth') process.stderr.write(process.argv.slice(3).join(' '));
process.exit(command === 'synth' ? 1 : 0);
`);
  const contextOf = async (context: Record<string, string>) => {
    const failed = await deploy(endpointOf(project), { project, context }).catch(String);
    return [...String(failed).matchAll(/--context (\S+)/g)].map(([, value]) => value);
  };
  expect(await contextOf({ stage: 'dev' })).toEqual(['order-once:alarms=false', 'stage=dev']);
  expect(await contextOf({ 'order-once:alarms': 'true' })).toEqual(['order-once:alarms=true']);
});

test('what cdk bootstrap makes is made for each qualifier of the app', async () => {
  const assembly = (qualifier: string) => ({
    type: 'aws:cloudformation:stack',
    properties: { bootstrapStackVersionSsmParameter: `/cdk-bootstrap/${qualifier}/version` },
  });
  const artifacts = { Shop: assembly('hnb659fds'), Mails: assembly('custom') };
  const log = join(project, 'log');
  installCdk(`
const { appendFileSync, mkdirSync } = require('node:fs');
const valueOf = (option) => process.argv[process.argv.indexOf(option) + 1];
if (command === 'deploy') process.exit(1);
if (command === 'bootstrap')
  appendFileSync(${JSON.stringify(log)}, valueOf('--qualifier') + ' ' + valueOf('--toolkit-stack-name') + '\\n');
if (command === 'synth') {
  mkdirSync(valueOf('--output'), { recursive: true });
  writeFileSync(valueOf('--output') + '/manifest.json', ${JSON.stringify(JSON.stringify({ artifacts }))});
}
`);
  const deploying = deploy(endpointOf(project), { project, stackNames: ['**'] });
  await expect(deploying).rejects.toThrow('cdk deploy failed');
  expect(readFileSync(log, 'utf8')).toBe('hnb659fds CDKToolkit\ncustom CDKToolkit-custom\n');
});

test('returns what was deployed, and no other stack of the app, which an earlier run may have left at the endpoint', async () => {
  const stack = (name: string, dependencies: readonly string[] = []) => ({
    type: 'aws:cloudformation:stack',
    properties: { templateFile: `${name}.json` },
    dependencies,
  });
  const artifacts = { Shop: stack('Shop', ['Topics']), Topics: stack('Topics'), Earlier: stack('Earlier') };
  const template = { Resources: { One: { Type: 'AWS::SNS::Topic', Properties: { FifoTopic: true } } } };
  installCdk(`
const { mkdirSync } = require('node:fs');
const valueOf = (option) => process.argv[process.argv.indexOf(option) + 1];
if (command === 'deploy') writeFileSync(valueOf('--outputs-file'), '{ "Shop": { "Url": "http://shop" } }');
if (command === 'synth') {
  const folder = valueOf('--output');
  mkdirSync(folder, { recursive: true });
  writeFileSync(folder + '/manifest.json', ${JSON.stringify(JSON.stringify({ artifacts }))});
  for (const name of ['Shop', 'Topics', 'Earlier'])
    writeFileSync(folder + '/' + name + '.json', ${JSON.stringify(JSON.stringify(template))});
}
`);
  const send = jest
    .spyOn(CloudFormationClient.prototype, 'send')
    .mockImplementation(async (command: unknown) => {
      const { StackName } = (command as ListStackResourcesCommand).input;
      const summary = { LogicalResourceId: 'One', ResourceType: 'AWS::SNS::Topic' };
      return { StackResourceSummaries: [{ ...summary, PhysicalResourceId: `arn:${StackName}` }] };
    });
  try {
    const { outputs, resources } = await deploy(endpointOf(project), { project, stackNames: ['Shop'] });
    expect(outputs).toEqual({ Shop: { Url: 'http://shop' }, Topics: {} });
    expect(resources.map(({ physicalId }) => physicalId)).toEqual(['arn:Shop', 'arn:Topics']);
  } finally {
    send.mockRestore();
  }
});
