import { readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Bundle, bundle } from '../measure/bundle.ts';
import { callsOf } from './calls.ts';

const functions = join(import.meta.dirname, '../../lambda');

/** Name of the client class by service. */
const clients = {
  dynamodb: 'DynamoDBClient',
  sns: 'SNSClient',
  sesv2: 'SESv2Client',
  sqs: 'SQSClient',
} as const;
export type Service = keyof typeof clients;

const packageOf = (service: Service) => `@aws-sdk/client-${service}`;

/** A bundle that the benchmark starts. */
export interface Subject extends Bundle {
  readonly name: string;
  /** Events for the calls of its handler; empty if it has no handler. */
  readonly events: readonly unknown[];
}

export interface DeployedFunction extends Subject {
  /** Services whose clients are loaded with the function. */
  readonly services: readonly Service[];
}

/**
 * Bundles each function of lambda/ into the folder.
 *
 * @param calls Number of calls of each function.
 */
export function deployedFunctions(folder: string, calls: number): DeployedFunction[] {
  return readdirSync(functions)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => {
      const name = basename(file, '.ts');
      const bundled = bundle(join(functions, file), join(folder, `${name}.mjs`));
      const services = (Object.keys(clients) as Service[]).filter(
        (service) => packageOf(service) in bundled.loaded,
      );
      return { ...bundled, name, services, events: callsOf(name, calls) };
    });
}

/** A bundle that only creates the clients of these services. */
export function bareClients(folder: string, services: readonly Service[]): Subject {
  const lines = services.flatMap((service) => [
    `import { ${clients[service]} } from '${packageOf(service)}';`,
    `export const ${service} = new ${clients[service]}();`,
  ]);
  return {
    ...bundleText(lines, services.join('-'), folder),
    name: `bare ${services.map((service) => clients[service]).join(' and ')}`,
    events: [],
  };
}

/** A minimal function, which writes one item to DynamoDB per call. */
export function bareWrite(folder: string, calls: number): Subject {
  const lines = [
    `import { DynamoDBClient, PutItemCommand } from '${packageOf('dynamodb')}';`,
    'const client = new DynamoDBClient();',
    "const input = { TableName: 'records', Item: { id: { S: '1' } } };",
    'export const handler = () => client.send(new PutItemCommand(input));',
  ];
  return { ...bundleText(lines, 'write', folder), name: 'bare write', events: Array.from({ length: calls }) };
}

function bundleText(lines: readonly string[], name: string, folder: string): Bundle {
  const entry = join(folder, `${name}.ts`);
  writeFileSync(entry, lines.join('\n'));
  return bundle(entry, join(folder, `${name}.mjs`));
}
