import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { type IVpc, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Tracing } from 'aws-cdk-lib/aws-lambda';
import type { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { DataTable, EventTopic, IdempotentConsumer, RecordTable } from '../../lib/index.ts';
import { pythonTool } from '../../system/python/python-tool.ts';
import { sourceLoader } from '../../system/source-loader.ts';
import {
  anyEntry,
  everyConsumer,
  forDevelopment,
  orderOnceStack,
  root,
  shop,
  temporaryFolder,
} from './support.ts';

/** Tests are named before anything asynchronous can run, so another process looks for Python. */
const hasPython =
  spawnSync(
    process.execPath,
    [
      ...sourceLoader,
      '--input-type=module',
      '-e',
      `import { findPython, probePath } from './system/python/find-python.ts'; await findPython(probePath(process.env));`,
    ],
    { cwd: root },
  ).status === 0;

const [run, without] = hasPython ? [test, ''] : [test.skip, ' (skipped: no Python >= 3.10)'];

interface Finding {
  readonly Message: string;
  readonly Rule: { readonly Id: string };
}

/** A Region of each partition that cfn-lint knows. */
const regions = [
  'eu-west-1',
  'cn-north-1',
  'us-gov-west-1',
  'eusc-de-east-1',
  'us-iso-east-1',
  'us-isob-east-1',
];

/** The CDK writes a dependency of each function on its role, which the reference to the role already is. */
const harmless = 'W3005';

/** What cfn-lint finds in a stack's template for Regions of all partitions, except for what is harmless. */
async function findings(stack: Stack): Promise<string[]> {
  const file = join(temporaryFolder(), 'template.json');
  writeFileSync(file, JSON.stringify(Template.fromStack(stack).toJSON()));
  const { stdout, stderr } = spawnSync(
    await pythonTool('cfn-lint'),
    [
      '-c',
      'from cfnlint.runner import main; main()',
      '--format',
      'json',
      '--regions',
      ...regions,
      '--',
      file,
    ],
    { encoding: 'utf8' },
  );
  if (!stdout.startsWith('[')) throw new Error(`cfn-lint did not run: ${stdout}${stderr}`);
  return (JSON.parse(stdout) as Finding[])
    .filter(({ Rule }) => Rule.Id !== harmless)
    .map(({ Rule, Message }) => `${Rule.Id}: ${Message}`);
}

run.each([
  ['production', {}],
  ['development', forDevelopment],
  [
    'production with every consumer, a key and large events',
    {
      ...everyConsumer,
      encryptionKeyArn: 'arn:aws:kms:eu-west-1:111111111111:key/1234abcd',
      maxEventSize: 1_000_000,
    },
  ],
] as const)(`cfn-lint finds nothing in the template for %s${without}`, async (_, props) => {
  expect(await findings(orderOnceStack(props))).toEqual([]);
});

run(`cfn-lint finds nothing in a consumer with every option${without}`, async () => {
  const stack = shop();
  const encryptionKey = new Key(stack, 'Key', { enableKeyRotation: true });
  const seats = new DataTable(stack, 'Seats', { partitionKey: 'seat', encryptionKey });
  new IdempotentConsumer(stack, 'Bookings', {
    consumerName: 'bookings',
    topic: new EventTopic(stack, 'Events', { encryptionKey }),
    records: new RecordTable(stack, 'Records', { encryptionKey }),
    entry: anyEntry,
    tables: { seats: { table: seats, effects: ['put', 'increment', 'remove'] } },
    encryptionKey,
    vpc: new Vpc(stack, 'Vpc') as IVpc,
    tracing: Tracing.ACTIVE,
    provisionedPollerConfig: { minimumPollers: 2, maximumPollers: 20 },
    onPoison: 'block',
  });
  expect(await findings(stack)).toEqual([]);
});

run(`fails if a property has a value that AWS does not take${without}`, async () => {
  // GIVEN
  const stack = orderOnceStack();
  const logs = stack.node.findChild('Fulfilment').node.findChild('Logs').node.defaultChild as CfnLogGroup;
  logs.retentionInDays = 61;

  // THEN
  expect(await findings(stack)).toEqual([expect.stringMatching(/^E\d+: 61 is not one of/)]);
});
