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
  readonly Level: string;
  readonly Message: string;
  readonly Rule: { readonly Id: string };
}

/** The errors that cfn-lint finds in a stack's template; warnings and hints are left out. */
async function errors(stack: Stack): Promise<string[]> {
  const file = join(temporaryFolder(), 'template.json');
  writeFileSync(file, JSON.stringify(Template.fromStack(stack).toJSON()));
  const { stdout, stderr } = spawnSync(
    await pythonTool('cfn-lint'),
    ['-c', 'from cfnlint.runner import main; main()', '--format', 'json', '--', file],
    { encoding: 'utf8' },
  );
  if (!stdout.startsWith('[')) throw new Error(`cfn-lint did not run: ${stdout}${stderr}`);
  return (JSON.parse(stdout) as Finding[])
    .filter(({ Level }) => Level === 'Error')
    .map(({ Rule, Message }) => `${Rule.Id}: ${Message}`);
}

run.each([
  ['production', {}],
  ['development', forDevelopment],
  ['production and every consumer', everyConsumer],
] as const)(`cfn-lint finds no error in the template for %s${without}`, async (_, props) => {
  expect(await errors(orderOnceStack(props))).toEqual([]);
});

run(`cfn-lint finds no error where poison blocks its group${without}`, async () => {
  const stack = shop();
  const topic = new EventTopic(stack, 'Events');
  const records = new RecordTable(stack, 'Records');
  new IdempotentConsumer(stack, 'Bookings', {
    consumerName: 'bookings',
    topic,
    records,
    entry: anyEntry,
    onPoison: 'block',
  });
  expect(await errors(stack)).toEqual([]);
});

run(`cfn-lint finds no error in a consumer with every option${without}`, async () => {
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
  });
  expect(await errors(stack)).toEqual([]);
});

run(`fails if a property has a value that AWS does not take${without}`, async () => {
  // GIVEN
  const stack = orderOnceStack();
  const logs = stack.node.findChild('Fulfilment').node.findChild('Logs').node.defaultChild as CfnLogGroup;
  logs.retentionInDays = 61;

  // THEN
  expect(await errors(stack)).toEqual([expect.stringMatching(/^E\d+: 61 is not one of/)]);
});
