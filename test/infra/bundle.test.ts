import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Stack } from 'aws-cdk-lib';
import { EventTopic, IdempotentConsumer, RecordTable } from '../../lib/index.ts';
import { anOrder } from '../support/orders.ts';
import { sqsEvent, sqsRecord } from '../support/sqs.ts';
import { everyConsumer, newApp, orderOnceStack, resource, root } from './support.ts';

const topicArn = 'arn:aws:sns:eu-west-1:123456789012:OrderOnce-order-events.fifo';

/** What tells that a function was loaded. */
const isHandler = 'console.log(typeof handler);';

interface Loading {
  readonly logicalId?: string;
  /** What the template does not say. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What runs after the function was loaded, its `handler` at hand. */
  readonly script?: string;
}

const quiet = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };

/** Loads the code of a stack's function as Lambda would; what it then says of its handler. */
function load(
  stack: Stack,
  outdir: string,
  { logicalId = '', environment = {}, script = isHandler }: Loading = {},
): string {
  const { Environment } = resource(stack, 'AWS::Lambda::Function', logicalId).Properties;
  const module = pathToFileURL(bundleOf(stack, outdir, logicalId)).href;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', `const { handler } = await import('${module}'); ${script}`],
    {
      encoding: 'utf8',
      // Nothing but what the template gives the function, and no warning of the AWS SDK about Node 20; a name stands for
      // what it refers to.
      env: Object.fromEntries(
        Object.entries({ ...quiet, ...Environment.Variables, ...environment }).map(([name, value]) => [
          name,
          typeof value === 'string' ? value : name === 'TOPIC_ARN' ? topicArn : 'name',
        ]),
      ),
      // Away from the repository, whose node_modules the function will not have.
      cwd: outdir,
    },
  );
  return stdout + stderr;
}

function bundleOf(stack: Stack, outdir: string, logicalId: string): string {
  const { Code } = resource(stack, 'AWS::Lambda::Function', logicalId).Properties;
  return join(outdir, `asset.${Code.S3Key.replace('.zip', '')}`, 'index.mjs');
}

describe('the functions of the application', () => {
  const app = newApp({ bundling: true });
  let stack: Stack;
  beforeAll(() => {
    stack = orderOnceStack(everyConsumer, app);
  });

  test.each([
    'Fulfilment',
    'Billing',
    'Notifications',
    'Intake',
  ])('%s loads with the environment of the template', (name) => {
    expect(load(stack, app.outdir, { logicalId: name })).toBe('function\n');
  });

  test.each(['Fulfilment', 'Billing', 'Notifications', 'Intake'])("%s loads without Node's fetch", (name) => {
    const script = "console.log(process.moduleLoadList.filter((name) => name.includes('undici')));";
    expect(load(stack, app.outdir, { logicalId: name, script })).toBe('[]\n');
  });

  test('the intake refuses every invocation if its idempotency is switched off', () => {
    const script = 'try { await handler({}, {}); } catch ({ message }) { console.log(message); }';
    const environment = { POWERTOOLS_IDEMPOTENCY_DISABLED: 'true' };
    const said = load(stack, app.outdir, { logicalId: 'Intake', environment, script });
    expect(said).toContain('POWERTOOLS_IDEMPOTENCY_DISABLED is "true"');
  });

  test.each([
    ['Fulfilment', false],
    ['Billing', false],
    ['Notifications', false],
    ['Intake', true],
  ])('the bundle of %s contains Powertools: %s', (name, wanted) => {
    const code = readFileSync(bundleOf(stack, app.outdir, name), 'utf8');
    expect(code.includes('IdempotencyInconsistentStateError')).toBe(wanted);
  });

  test('a function contains no code of a store that it does not use', () => {
    const code = readFileSync(bundleOf(stack, app.outdir, 'Fulfilment'), 'utf8');
    expect(code).not.toContain('redis.call');
  });
});

test.each([
  [{}],
  // Many projects have it already.
  [{ banner: "import { createRequire } from 'module';const require = createRequire(import.meta.url);" }],
  [{ banner: '/* mine */', esbuildArgs: { '--alias': ['nothing=./nothing.js'] } }],
])('a function can use a CommonJS package that requires a module of Node, bundled with %j', (bundling) => {
  // WHEN
  const app = newApp({ bundling: true });
  const stack = new Stack(app, 'Shop');
  new IdempotentConsumer(stack, 'Bookings', {
    consumerName: 'bookings',
    topic: new EventTopic(stack, 'Events'),
    records: new RecordTable(stack, 'Records'),
    entry: join(root, 'test/infra/fixtures/handler-with-common-js.ts'),
    bundling,
  });

  // THEN
  expect(load(stack, app.outdir)).toBe('function\n');
});

test("the log of an error names file and line of the handler's source, not of the bundle", () => {
  const app = newApp({ bundling: true });
  const stack = new Stack(app, 'Shop');
  new IdempotentConsumer(stack, 'Bookings', {
    consumerName: 'bookings',
    topic: new EventTopic(stack, 'Events'),
    records: new RecordTable(stack, 'Records'),
    entry: join(root, 'test/infra/fixtures/failing-handler.ts'),
  });
  const event = JSON.stringify(sqsEvent(sqsRecord(anOrder(), { sentAt: Date.now() })));
  const script = `await handler(${event}, { getRemainingTimeInMillis: () => 20_000 });`;
  const said = load(stack, app.outdir, { script });
  expect(said).toContain("Cannot read properties of undefined (reading 'percent')");
  expect(said).toMatch(/ \([\w/-]+\/test\/infra\/fixtures\/failing-handler\.ts:6:\d+\)/);
});
