import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { renderedProperties } from '../rendered-properties.ts';

/** AWS: `VpcConfig` in the Lambda API Reference. Lambda takes subnets and security groups only together. */
const limits = { SubnetIds: 16, SecurityGroupIds: 5 } as const;

const options = { SubnetIds: 'vpcSubnets', SecurityGroupIds: 'securityGroups' } as const;

/**
 * Makes synthesis fail for numbers of subnets and security groups that Lambda refuses. A list that is known only at
 * deployment passes.
 */
export function checkNetwork(handler: LambdaFunction): void {
  handler.node.addValidation({
    validate: () => {
      const { VpcConfig: network } = renderedProperties(handler);
      if (network === undefined) return [];
      return (['SubnetIds', 'SecurityGroupIds'] as const).flatMap((list) => {
        const ids: unknown = network[list] ?? [];
        if (!Array.isArray(ids) || (ids.length >= 1 && ids.length <= limits[list])) return [];
        return [
          `${options[list]}: the function has ${ids.length}; Lambda takes 1 to ${limits[list]} in a VPC.`,
        ];
      });
    },
  });
}
