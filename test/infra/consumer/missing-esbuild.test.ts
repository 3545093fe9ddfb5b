import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { sourceLoader } from '../../../system/source-loader.ts';
import { anyEntry, root, temporaryFolder } from '../support.ts';

/** Makes a consumer where the CDK finds no esbuild beside itself, and tells what was thrown. */
const script = `
  import Module from 'node:module';
  const resolve = Module._resolveFilename;
  Module._resolveFilename = function (request, ...rest) {
    if (request === 'esbuild/package.json') throw new Error('There is none');
    return resolve.call(this, request, ...rest);
  };
  const { App, Stack } = await import('aws-cdk-lib');
  const { EventTopic, IdempotentConsumer, RecordTable } = await import('${pathToFileURL(join(root, 'lib/index.ts')).href}');
  const stack = new Stack(new App({ outdir: process.argv[1] }), 'Shop');
  try {
    new IdempotentConsumer(stack, 'Bookings', {
      consumerName: 'bookings',
      topic: new EventTopic(stack, 'Events'),
      records: new RecordTable(stack, 'Records'),
      entry: '${anyEntry}',
    });
  } catch (error) {
    console.log(error.name + ': ' + error.message);
  }
`;

/** @param programs What is on the path, as shell scripts by name. */
function saidWith(programs: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  const { stdout } = spawnSync(
    process.execPath,
    [...sourceLoader, '--input-type=module', '-e', script, temporaryFolder()],
    { cwd: root, encoding: 'utf8', env: { PATH: folder } },
  );
  return stdout;
}

const sentence = (reason: string) =>
  'ConfigurationError: esbuild is missing, which bundles functions, and Docker, which the CDK takes in its place, failed ' +
  `(${reason}). Run "npm install --save-dev esbuild".\n`;

test('the error of a missing esbuild names the fix if there is no Docker', () => {
  expect(saidWith({})).toBe(sentence('spawnSync docker ENOENT'));
});

test('the error of a missing esbuild names the fix if Docker fails', () => {
  expect(saidWith({ docker: 'exit 7' })).toBe(sentence('docker exited with status 7'));
});
