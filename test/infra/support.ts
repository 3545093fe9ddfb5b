import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { OrderOnceStack, type OrderOnceStackProps } from '../../lib/app/order-once-stack.ts';

export const root = join(import.meta.dirname, '../..');

/** A function of somebody's own. */
export const anyEntry = join(import.meta.dirname, 'fixtures/handler.ts');

/** A folder that goes when the tests of the file are done. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'order-once-infra-'));
  folders.push(folder);
  return folder;
}
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

const { context: cdkJson } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8'));

export interface AppOptions {
  /** Bundling functions takes seconds: only where their code matters. */
  readonly bundling?: boolean;
  /** The CDK's own check of templates takes seconds: only where it is what is tested. */
  readonly validation?: boolean;
}

/** An app as the CLI makes it, with the context of cdk.json. */
export function newApp({ bundling = false, validation = false }: AppOptions = {}): App {
  return new App({
    context: { ...cdkJson, ...(bundling ? {} : { 'aws:cdk:bundling-stacks': [] }) },
    builtinCloudFormationValidation: validation,
    outdir: temporaryFolder(),
  });
}

/** The application's stack; without `props`, as deployed with the committed settings of production. */
export function orderOnceStack(props: Partial<OrderOnceStackProps> = {}, app = newApp()): OrderOnceStack {
  return new OrderOnceStack(app, 'OrderOnce', {
    data: 'keep',
    functionTimeout: Duration.seconds(30),
    intake: { auth: 'iam' },
    billing: 'off',
    notifications: 'off',
    ...props,
  });
}

/** The settings of the consumers that are off in the committed files. */
export const everyConsumer = {
  billing: {
    url: 'https://payments.test/charges',
    keyRetention: Duration.days(1),
    secretArn: 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:payments-AbCdEf',
  },
  notifications: { from: 'orders@mail.shop.test', domain: 'customers.test' },
} as const;

/** An empty stack for constructs. */
export function shop(): Stack {
  return new Stack(newApp(), 'Shop');
}

/** The settings of a stack whose data may go, with short retries. */
export const forDevelopment = { data: 'delete', toleratedOutage: Duration.hours(1) } as const;

/** What synthesis says of a stack that it refuses. */
export function refusal(stack: Stack): string {
  try {
    Template.fromStack(stack);
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing was refused';
}

export interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: a template has no types.
  readonly Properties: any;
  readonly DeletionPolicy?: string;
}

export function resources(stack: Stack): Readonly<Record<string, Resource>> {
  return Template.fromStack(stack).toJSON().Resources;
}

/** The one resource of a type whose logical id begins so. */
export function resource(stack: Stack, type: string, logicalId = ''): Resource {
  const found = Object.entries(resources(stack)).filter(
    ([id, { Type }]) => Type === type && id.startsWith(logicalId),
  );
  if (found.length !== 1 || found[0] === undefined) {
    throw new Error(`${found.length} resources are of type ${type} and begin with "${logicalId}"`);
  }
  return found[0][1];
}

/** The names of a stack's outputs for people. */
export function outputsOf(stack: Stack): string[] {
  const { Outputs } = Template.fromStack(stack).toJSON();
  return Object.keys(Outputs)
    .filter((name) => !/Description[0-9A-F]{8}$/.test(name))
    .sort();
}
