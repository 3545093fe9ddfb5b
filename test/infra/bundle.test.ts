import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Stack } from 'aws-cdk-lib';
import { IdempotentConsumer, OrderTopic, RecordTable } from '../../lib/index.ts';
import { everyConsumer, newApp, orderOnceStack, resource, root } from './support.ts';

const timeout = 120_000;

/** Loads the code of a stack's function as Lambda would; what it then says of its handler. */
function load(stack: Stack, outdir: string, logicalId = ''): string {
  const { Code, Environment } = resource(stack, 'AWS::Lambda::Function', logicalId).Properties;
  const asset = `asset.${Code.S3Key.replace('.zip', '')}`;
  const module = pathToFileURL(join(outdir, asset, 'index.mjs')).href;
  const { stdout, stderr } = spawnSync(
    join(root, 'node_modules/.bin/node'),
    [
      '--input-type=module',
      '-e',
      `const { handler } = await import('${module}'); console.log(typeof handler);`,
    ],
    {
      encoding: 'utf8',
      // Nothing but what the template gives the function; a name stands for what it refers to.
      env: Object.fromEntries(
        Object.entries(Environment.Variables).map(([name, value]) => [
          name,
          typeof value === 'string' ? value : 'name',
        ]),
      ),
      // Away from the repository, whose node_modules the function will not have.
      cwd: outdir,
    },
  );
  return stdout + stderr;
}

test(
  'each function loads with what the template gives it',
  () => {
    const app = newApp({ bundling: true });
    const stack = orderOnceStack(everyConsumer, app);
    for (const consumer of ['Fulfilment', 'Billing', 'Notifications']) {
      expect([consumer, load(stack, app.outdir, consumer)]).toEqual([consumer, 'function\n']);
    }
  },
  timeout,
);

test(
  'a function may use a CommonJS package that requires a module of Node',
  () => {
    // WHEN
    const app = newApp({ bundling: true });
    const stack = new Stack(app, 'Shop');
    new IdempotentConsumer(stack, 'Bookings', {
      topic: new OrderTopic(stack, 'Events'),
      records: new RecordTable(stack, 'Records'),
      entry: join(root, 'test/infra/fixtures/handler-with-common-js.ts'),
    });

    // THEN
    expect(load(stack, app.outdir)).toBe('function\n');
  },
  timeout,
);
