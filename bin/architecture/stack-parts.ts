import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CfnResource, type Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** A consumer in the drawing. */
export interface ConsumerPart {
  /** Name of the consumer's file in `lambda/`, for example `billing`. */
  readonly name: string;
  /** The guarantee that the file uses, for example `at-least-once`. */
  readonly guarantee: string;
  /**
   * Names of the tables that the consumer writes, without the record table. Empty if its effects are in another system.
   */
  readonly tables: readonly string[];
}

export interface StackParts {
  readonly consumers: readonly ConsumerPart[];
  /** Names of the functions that publish to the topic. */
  readonly publishers: readonly string[];
}

interface Part {
  readonly type: string;
  /** Id of the resource's top-level construct in the stack, in lower case. */
  readonly name: string;
  readonly id: string;
  // biome-ignore lint/suspicious/noExplicitAny: a template has no types.
  readonly properties: any;
}

/**
 * Reads the parts of a synthesized stack that the drawing shows. A consumer is the function that reads a queue of the
 * topic; its tables are those that its role may write.
 *
 * @throws Error if no function reads a queue of the topic, or if a function's file uses no guarantee.
 */
export function partsOf(stack: Stack): StackParts {
  const parts = stack.node.findAll().filter(isResource).map(partOf);
  const ofType = (type: string) => parts.filter((part) => part.type === type);
  const functions = ofType('AWS::Lambda::Function');
  const mappings = ofType('AWS::Lambda::EventSourceMapping');
  const tables = parts.filter(({ type }) => /^AWS::DynamoDB::/.test(type));
  const statements = ofType('AWS::IAM::Policy').map(({ properties }) => JSON.stringify(properties));
  const grantsOf = (part: Part) => {
    const role = part.properties.Role['Fn::GetAtt'][0];
    return statements.filter((text) => text.includes(`{"Ref":"${role}"}`)).join();
  };

  const consumers = ofType('AWS::SNS::Subscription').map(({ properties }) => {
    const queue = targetOf(properties.Endpoint);
    const mapping = mappings.find((one) => targetOf(one.properties.EventSourceArn) === queue);
    const reader = functions.find(({ id }) => id === targetOf(mapping?.properties.FunctionName));
    if (reader === undefined) throw new Error(`No function reads the queue ${queue}`);
    const grants = grantsOf(reader);
    const written = tables.filter(({ id, name }) => name !== 'records' && grants.includes(`"${id}"`));
    return {
      name: reader.name,
      guarantee: guaranteeOf(reader.name),
      tables: written.map(({ name }) => name),
    };
  });
  const publishers = functions.filter((part) => grantsOf(part).includes('sns:Publish'));
  return { consumers, publishers: publishers.map(({ name }) => name) };
}

function isResource(construct: IConstruct): construct is CfnResource {
  return CfnResource.isCfnResource(construct);
}

function partOf(resource: CfnResource): Part {
  const { stack, node, cfnResourceType: type } = resource;
  const id: string = stack.resolve(resource.logicalId);
  const template = stack.resolve(resource._toCloudFormation());
  const [first = ''] = node.path.slice(stack.node.path.length + 1).split('/');
  return { type, id, name: first.toLowerCase(), properties: template.Resources[id].Properties ?? {} };
}

/** The logical id to which a property refers. */
function targetOf(value: { Ref?: string; 'Fn::GetAtt'?: [string, string] } | undefined): string | undefined {
  return value?.['Fn::GetAtt']?.[0] ?? value?.Ref;
}

function guaranteeOf(consumer: string): string {
  const source = readFileSync(join(import.meta.dirname, `../../lambda/${consumer}.ts`), 'utf8');
  const [, name] = /\b(exactlyOnce|atLeastOnce|atMostOnce)\(/.exec(source) ?? [];
  if (name === undefined)
    throw new Error(`lambda/${consumer}.ts uses none of exactlyOnce(), atLeastOnce() and atMostOnce()`);
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
