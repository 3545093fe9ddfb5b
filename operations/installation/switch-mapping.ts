import { UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { type Clock, systemClock } from '../../contract/clock.ts';
import type { ConsumerDescription } from '../../contract/consumer-description.ts';
import type { Aws } from '../access/connect.ts';
import { CannotLookError } from '../errors.ts';
import { mappingState } from './read-path.ts';

const pollMs = 1000;
/** Lambda takes up to a minute (AWS: "UpdateEventSourceMapping"); this is far longer. */
const patienceMs = 300_000;

/**
 * Turns a consumer's event source mapping on or off, and waits until Lambda has done it. While it is off, messages wait in
 * the queue, at most as long as its retention.
 *
 * @throws CannotLookError if the mapping is gone, or does not change within 5 minutes.
 */
export async function switchMapping(
  aws: Pick<Aws, 'lambda'>,
  consumer: ConsumerDescription,
  isOn: boolean,
  clock: Clock = systemClock,
): Promise<void> {
  const wanted = isOn ? 'Enabled' : 'Disabled';
  const state = await mappingState(aws, consumer);
  if (state === undefined) {
    throw new CannotLookError(
      `The event source mapping of ${consumer.consumer} is gone: deploy its stack again`,
    );
  }
  if (state !== wanted) {
    await aws.lambda.send(new UpdateEventSourceMappingCommand({ UUID: consumer.eventSource, Enabled: isOn }));
  }
  for (const end = clock.now() + patienceMs; (await mappingState(aws, consumer)) !== wanted; ) {
    if (clock.now() > end) {
      throw new CannotLookError(
        `The event source mapping of ${consumer.consumer} is not ${wanted} after 5 minutes: look again with status`,
      );
    }
    await clock.sleep(pollMs);
  }
}
