import { deploy, destroy } from '../../../local/deployment/deploy.ts';
import { restoreTopicAttributes } from '../../../local/deployment/restore-topic-attributes.ts';
import { chosenEmulator } from '../../../local/endpoint/emulators.ts';
import { lacksOf, openEndpoint } from '../../../local/endpoint/endpoint.ts';
import { ownEnvironment } from '../../../system/environment.ts';
import { repository } from '../../../system/folders.ts';
import { stopOnSignals } from '../../../system/teardown.ts';
import { type Connection, connectionVariable, type Deployed } from './connection.ts';
import { type Sandbox, startSandbox } from './sandbox.ts';

declare global {
  /** Undoes the setup; jest gives setup and teardown no other way to talk. */
  var undoSetup: () => Promise<void>;
}

/**
 * Starts the emulator that EMULATOR names, or uses the endpoint at AWS_ENDPOINT_URL, and deploys. Jest runs it once for all
 * tests.
 */
export default async function setup(): Promise<void> {
  stopOnSignals();
  const endpoint = await openEndpoint(chosenEmulator(ownEnvironment().EMULATOR, 'EMULATOR'), (step) => {
    process.stderr.write(`${step}\n`);
  });
  const main = `OrderOnceTest-${Date.now().toString(36)}`;
  // Functions of an unknown endpoint may not reach servers of this machine.
  const hasSandbox = endpoint.emulator !== undefined;
  let sandbox: Sandbox | undefined;
  const stackNames = [
    main,
    `${main}-Unmended`,
    `${main}-Variants`,
    `${main}-Operated`,
    ...(hasSandbox ? [`${main}-Effects`] : []),
  ];
  globalThis.undoSetup = async () => {
    await sandbox?.close();
    if (!endpoint.started) await destroy(endpoint, repository, stackNames);
    await endpoint.stop();
  };
  try {
    if (hasSandbox) sandbox = await startSandbox(endpoint);
    const app = 'node --import tsx test/integration/deployment/stack.ts';
    const context = { stackName: main, ...(sandbox && { effects: JSON.stringify(sandbox.settings) }) };
    const lacks = await lacksOf(endpoint);
    const options = { project: repository, stackNames, app, context };
    const { outputs, resources } = await deploy(endpoint, options);
    // Topics are named after their stacks.
    const others = resources.filter(({ physicalId }) => !physicalId.includes(`${main}-Unmended`));
    const [mended] = await restoreTopicAttributes(endpoint.clientConfig, others);
    const variant = (name: string, stack = 'Variants') =>
      JSON.parse(outputs[`${main}-${stack}`]?.[`${name}Variant`] ?? '{}');
    const effects = sandbox && {
      stack: deployed(outputs[`${main}-Effects`]),
      billing: deployed(outputs[`${main}-Effects`], 'Billing'),
      notifications: deployed(outputs[`${main}-Effects`], 'Notifications'),
      mailingAgain: variant('mailingagain'),
      files: sandbox.files,
      mailUrl: sandbox.mailUrl,
    };
    if (effects !== undefined) {
      await sandbox?.redirect(effects.notifications.functionName);
      await sandbox?.redirect(effects.mailingAgain.functionName);
    }
    const connection: Connection = {
      clientConfig: endpoint.clientConfig,
      lacks: [...lacks],
      main: deployed(outputs[main]),
      nestedTopicArn: outputs[`${main}-Variants`]?.NestedTopicArn ?? '',
      ...(effects && { effects }),
      intake: {
        url: outputs[main]?.IntakeUrl ?? '',
        functionName: outputs[main]?.IntakeFunctionName ?? '',
      },
      operated: {
        stackName: `${main}-Operated`,
        environment: endpoint.environment,
        orders: variant('orders', 'Operated'),
        letters: variant('letters', 'Operated'),
        strict: variant('strict', 'Operated'),
        once: variant('once', 'Operated'),
      },
      ...(mended && { unmended: deployed(outputs[`${main}-Unmended`]) }),
      variants: {
        sound: variant('sound'),
        faulty: variant('faulty'),
        unconditional: variant('unconditional'),
        reversed: variant('reversed'),
        regressing: variant('regressing'),
        plain: variant('plain'),
        poisoned: variant('poisoned'),
        deadly: variant('deadly'),
        cutOff: variant('cutoff'),
        crashing: variant('crashing'),
        steady: variant('steady'),
        patient: variant('patient'),
        outside: variant('outside'),
        recovering: variant('recovering'),
        ignoring: variant('ignoring'),
      },
    };
    // biome-ignore lint/style/noProcessEnv: jest's way from a global setup to the tests.
    process.env[connectionVariable] = JSON.stringify(connection);
  } catch (error) {
    await globalThis.undoSetup();
    throw error;
  }
}

function deployed(outputs: Readonly<Record<string, string>> = {}, consumer = 'Fulfilment'): Deployed {
  const output = (name: string) => outputs[name] ?? '';
  return {
    topicArn: output('TopicArn'),
    queueUrl: output(`${consumer}QueueUrl`),
    deadLetterQueueUrl: output(`${consumer}DlqUrl`),
    functionName: output(`${consumer}FunctionName`),
    records: output('RecordsTableName'),
    orders: output('OrdersTableName'),
    ledger: output('LedgerTableName'),
    customers: output('CustomersTableName'),
  };
}
