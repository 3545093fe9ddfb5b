import type { Outputs } from '../../local/deployment/deploy.ts';
import type { Environment } from '../../system/environment.ts';

/** Says what was deployed, and how to reach it. No line has an indent that copying would take along. */
export function formatReport(outputs: Outputs, environment: Environment): string {
  const stacks = Object.entries(outputs).flatMap(([stack, values]) => {
    const named = Object.entries(values);
    const lines = named.map(([name, value]) => `${stack}.${name} = ${value}`);
    return lines.length > 0 ? lines : [`${stack} has no outputs`];
  });
  const exports = Object.entries(environment).map(([name, value]) => `export ${name}=${value}`);
  return ['Outputs:', '', ...stacks, '', 'For the aws CLI and the SDKs:', '', ...exports, ''].join('\n');
}
