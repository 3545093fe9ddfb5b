import { deploy, destroy } from '../../local/deployment/deploy.ts';
import { mendTopics } from '../../local/deployment/mend.ts';
import { openEndpoint } from '../../local/endpoint/endpoint.ts';
import { stopOnSignals } from '../../local/system/teardown.ts';
import { type Connection, connectionVariable, type Deployed } from './connection.ts';

declare global {
  /** Undoes the setup; jest gives setup and teardown no other way to talk. */
  var undoSetup: () => Promise<void>;
}

/** Starts the emulator, or takes the endpoint that is there, and deploys: once for all tests. */
export default async function setup(): Promise<void> {
  stopOnSignals();
  const endpoint = await openEndpoint();
  const main = `OrderOnceTest-${Date.now().toString(36)}`;
  const stackNames = [main, `${main}-Unmended`, `${main}-Variants`];
  globalThis.undoSetup = async () => {
    if (!endpoint.started) await destroy(endpoint, stackNames);
    await endpoint.stop();
  };
  try {
    const app = 'npx node test/integration/stack.ts';
    const outputs = await deploy(endpoint, { stackNames, app, context: { stackName: main } });
    const [mended] = await mendTopics(endpoint.clientConfig, main);
    await mendTopics(endpoint.clientConfig, `${main}-Variants`);
    const variant = (name: string) => JSON.parse(outputs[`${main}-Variants`]?.[`${name}Variant`] ?? '{}');
    const connection: Connection = {
      clientConfig: endpoint.clientConfig,
      emulator: endpoint.started,
      main: deployed(outputs[main]),
      intake: {
        url: outputs[main]?.IntakeUrl ?? '',
        functionName: outputs[main]?.IntakeFunctionName ?? '',
      },
      ...(mended && { unmended: deployed(outputs[`${main}-Unmended`]) }),
      variants: {
        sound: variant('sound'),
        faulty: variant('faulty'),
        unconditional: variant('unconditional'),
        reversed: variant('reversed'),
      },
    };
    // biome-ignore lint/style/noProcessEnv: jest's way from a global setup to the tests.
    process.env[connectionVariable] = JSON.stringify(connection);
  } catch (error) {
    await globalThis.undoSetup();
    throw error;
  }
}

function deployed(outputs: Readonly<Record<string, string>> = {}): Deployed {
  const {
    TopicArn = '',
    FulfilmentQueueUrl = '',
    FulfilmentDlqUrl = '',
    FulfilmentFunctionName = '',
  } = outputs;
  const { RecordsTableName = '', OrdersTableName = '', LedgerTableName = '' } = outputs;
  return {
    topicArn: TopicArn,
    queueUrl: FulfilmentQueueUrl,
    deadLetterQueueUrl: FulfilmentDlqUrl,
    functionName: FulfilmentFunctionName,
    records: RecordsTableName,
    orders: OrdersTableName,
    ledger: LedgerTableName,
  };
}
