import { Duration } from 'aws-cdk-lib';
import { writeSettings } from '../../../lab/target/stage-settings.ts';
import { temporaryFolder } from '../support.ts';
import { settingsOf } from './support.ts';

test('the settings that a run of `npm start` writes are valid, and those of config/local.json otherwise', async () => {
  const settings = await writeSettings(temporaryFolder(), {
    functionTimeoutSeconds: 5,
    billing: {
      paymentUrl: 'http://host.docker.internal:1234/charges',
      paymentKeyRetentionSeconds: 20,
      allowPlainHttp: true,
    },
    notifications: { mailFrom: 'orders@run.example.com', mailDomain: 'run.example.com' },
  });
  expect(settingsOf({ context: { stage: 'run-1', settings } })).toMatchObject({
    stackName: 'OrderOnce-run-1',
    data: 'delete',
    functionTimeout: Duration.seconds(5),
    toleratedOutage: Duration.seconds(3600),
    billing: { url: 'http://host.docker.internal:1234/charges', keyRetention: Duration.seconds(20) },
    notifications: { from: 'orders@run.example.com', domain: 'run.example.com' },
  });
});
