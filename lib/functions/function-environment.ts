import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { renderedProperties } from '../rendered-properties.ts';

/** Maximum bytes of all names and values (AWS: "Lambda quotas", Environment variables). */
const maxBytes = 4096;

/** AWS: "Working with Lambda environment variables", `CreateFunction` in the Lambda API Reference. */
const validName = /^[A-Za-z][A-Za-z0-9_]+$/;

/**
 * Makes synthesis fail for environment variables that Lambda refuses. The check reads the template, because many places
 * add variables. A value that is known only at deployment counts as empty. The CDK itself refuses names that Lambda
 * reserves.
 */
export function checkEnvironment(handler: LambdaFunction): void {
  handler.node.addValidation({
    validate: () => {
      const variables: Record<string, unknown> = renderedProperties(handler).Environment?.Variables ?? {};
      const problems = Object.keys(variables).flatMap((name) => {
        if (validName.test(name)) return [];
        return [
          `environment: "${name}" is not a name that Lambda takes: a letter, then one or more letters, digits and "_".`,
        ];
      });
      const bytes = Object.entries(variables)
        .flatMap(([name, value]) => (typeof value === 'string' ? [name, value] : [name]))
        .reduce((sum, text) => sum + Buffer.byteLength(text), 0);
      if (bytes > maxBytes) {
        problems.push(
          `environment: names and values have ${bytes} bytes; Lambda takes at most ${maxBytes}. Keep large values ` +
            'elsewhere, in a parameter of SSM for instance.',
        );
      }
      return problems;
    },
  });
}
