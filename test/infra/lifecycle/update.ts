import { fullDiff, ResourceImpact } from '@aws-cdk/cloudformation-diff';
import type { Resource } from '../support.ts';

/** Types whose resources must survive every update: without them, or with new ones, events are lost or applied twice. */
const guarded: ReadonlySet<string> = new Set([
  'AWS::SQS::Queue',
  'AWS::SNS::Topic',
  'AWS::SNS::Subscription',
  'AWS::DynamoDB::Table',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::Logs::LogGroup',
]);

export type Resources = Readonly<Record<string, Resource>>;

/** The logical ids of the guarded resources, by type. */
export function guardedIds(resources: Resources): string[] {
  return Object.entries(resources)
    .filter(([, { Type }]) => guarded.has(Type))
    .map(([id, { Type }]) => `${Type} ${id}`)
    .sort();
}

/**
 * The guarded resources that an update of a stack would lose: removed from the template, or replaced, because a property
 * changes that CloudFormation cannot update. The CDK's own data says which properties these are.
 */
export function lostBy(before: Resources, after: Resources): string[] {
  const lost: string[] = [];
  fullDiff({ Resources: before }, { Resources: after }).resources.forEachDifference((id, change) => {
    const { oldResourceType: type = '', changeImpact } = change;
    if (!guarded.has(type)) return;
    const keeps = [ResourceImpact.NO_CHANGE, ResourceImpact.WILL_UPDATE];
    if (!keeps.includes(changeImpact)) lost.push(`${type} ${id}: ${changeImpact}`);
  });
  return lost;
}
