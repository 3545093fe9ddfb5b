import { type CfnElement, Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Reads a resource's properties as in the template. `addPropertyOverride` changes only the rendered template, not the
 * construct's own properties.
 */
// biome-ignore lint/suspicious/noExplicitAny: a template has no types.
export function renderedProperties(construct: Pick<IConstruct, 'node'>): any {
  const resource = (construct.node.defaultChild ?? construct) as CfnElement;
  const { Resources } = Stack.of(resource).resolve(resource._toCloudFormation());
  const [rendered] = Object.values<{ Properties?: object }>(Resources);
  return rendered?.Properties ?? {};
}
