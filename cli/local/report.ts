import { readDescription } from '../../contract/consumer-description.ts';
import type { Outputs } from '../../local/deployment/deploy.ts';
import type { Environment } from '../../system/environment.ts';

/** Variables of AWS's tools that count more than the keys, or send requests elsewhere. */
const inTheWay = /^AWS_((DEFAULT_)?PROFILE|SESSION_TOKEN|ENDPOINT_URL_.+|IGNORE_CONFIGURED_ENDPOINT_URLS)$/;

/**
 * Says what was deployed, and how to reach it. No line has an indent that copying would take along.
 *
 * @param environment Variables for the tools of AWS.
 * @param own The user's own environment.
 */
export function formatReport(outputs: Outputs, environment: Environment, own: Environment = {}): string {
  const stacks = Object.entries(outputs).flatMap(([stack, values]) => {
    // Descriptions are for tools, and longer than a line.
    const named = Object.entries(values).filter(([, value]) => readDescription(value) === undefined);
    const lines = named.map(([name, value]) => `${stack}.${name} = ${value}`);
    return lines.length > 0 ? lines : [`${stack} has no outputs`];
  });
  const foreign = Object.keys(own).filter((name) => inTheWay.test(name) && !Object.hasOwn(environment, name));
  const unset = foreign.length > 0 ? [`unset ${foreign.sort().join(' ')}`] : [];
  const exports = Object.entries(environment).map(([name, value]) => `export ${name}=${value}`);
  return ['Outputs:', '', ...stacks, '', 'For the aws CLI and the SDKs:', '', ...unset, ...exports, ''].join(
    '\n',
  );
}
