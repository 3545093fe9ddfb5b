import { paginateDescribeStacks } from '@aws-sdk/client-cloudformation';
import { type ConsumerDescription, readDescription } from '../../contract/consumer-description.ts';
import type { Aws } from '../access/connect.ts';
import type { Complaint } from './examination.ts';

/**
 * Finds consumers of other stacks that have the name and the record table of one of these. Each would take the events
 * that the other has applied for duplicates. Synthesis sees one app only.
 */
export async function checkNames(
  { cloudFormation }: Pick<Aws, 'cloudFormation'>,
  consumers: readonly ConsumerDescription[],
): Promise<Complaint[]> {
  const found: Complaint[] = [];
  for await (const { Stacks = [] } of paginateDescribeStacks({ client: cloudFormation }, {})) {
    for (const { StackName, Outputs = [] } of Stacks) {
      for (const { OutputValue = '' } of Outputs) {
        const other = readDescription(OutputValue);
        const mine = consumers.find(
          ({ consumer, records, function: handler }) =>
            consumer === other?.consumer && records === other.records && handler !== other.function,
        );
        if (mine === undefined) continue;
        found.push({
          consumer: mine.consumer,
          part: 'name',
          problem: `the stack ${StackName} has a consumer of this name on the same record table: each drops what the other applied`,
          fix: 'give one of them another "consumerName" or a record table of its own, unless it moves (docs/lifecycle.md)',
        });
      }
    }
  }
  return found;
}
