import { App } from 'aws-cdk-lib';
import { explain } from '../lib/app/error-message.ts';
import { OrderOnceStack } from '../lib/app/order-once-stack.ts';
import { readSettings } from '../lib/app/settings/read-settings.ts';

try {
  const app = new App({ autoSynth: false });
  const { stackName, ...settings } = readSettings(app);
  new OrderOnceStack(app, stackName, settings);
  app.synth();
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
}
