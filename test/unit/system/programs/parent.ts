/** Starts the child of child.mjs as local/ does, and then waits to be killed, or lets the child go and ends. */
import { openSync } from 'node:fs';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { nodeScript, startChild } from '../../../../system/processes.ts';
import { onShutdown, stopOnSignals } from '../../../../system/teardown.ts';

const [, , report = '', mode] = process.argv;
if (mode === 'signals' || mode === 'hanging') {
  onShutdown(async () => {
    process.stdout.write('first registered, ');
  });
  stopOnSignals();
}
const command = nodeScript(join(import.meta.dirname, 'child.mjs'), report);
const child = await startChild(command, { env: {}, output: openSync(devNull, 'w') });
if (mode === 'release') {
  await child.release();
} else {
  void child.exited.then(() => process.stdout.write('child ended, '));
  if (mode === 'hanging') {
    onShutdown(() => {
      process.stdout.write('hanging, ');
      return new Promise(() => {});
    });
  }
  setInterval(() => {}, 1_000);
}
