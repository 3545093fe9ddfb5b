import type { ConsumerDescription } from '../../../contract/consumer-description.ts';
import { type Aws, partsOfArn } from '../../../operations/access/connect.ts';
import { CannotLookError } from '../../../operations/errors.ts';
import type { Installation } from '../../../operations/installation/find-installation.ts';
import { consumerNamed } from '../../../operations/installation/find-installation.ts';
import { getRecords } from '../../../operations/records/find-records.ts';
import type { SeenRecord } from '../../../operations/records/record.ts';

/** @throws CannotLookError if there is no unknown outcome under this key. */
export async function findUnknown(
  { dynamoDb }: Aws,
  installation: Installation,
  key: string,
): Promise<{ readonly consumer: ConsumerDescription; readonly record: SeenRecord }> {
  const consumer = consumerNamed(installation, key.split('#', 1)[0] ?? '');
  const [record] = await getRecords(dynamoDb, partsOfArn(consumer.records).name, [key]);
  if (record?.status === 'OUTCOME_UNKNOWN') return { consumer, record };
  const is = record === undefined ? 'There is no record' : `The record is ${record.status}, not unknown:`;
  throw new CannotLookError(`${is} "${key}". npx order-once unknown ls lists the unknown outcomes`);
}
