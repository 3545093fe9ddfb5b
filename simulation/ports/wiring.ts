import type { MessageAttributeValue } from '@aws-sdk/client-sqs';
import type { SQSMessageAttributes } from 'aws-lambda';
import type { ConsumerDependencies } from '../../runtime/ports/dependencies.ts';
import type { FifoQueue } from '../broker/fifo-queue.ts';
import type { VirtualProcess } from '../world/virtual-process.ts';
import type { RecordWatch, RunStore } from './store.ts';

export interface Surroundings {
  readonly queue: FifoQueue;
  readonly deadLetters: FifoQueue;
  readonly store: RunStore;
  readonly wrote: RecordWatch;
  readonly recordTtlSeconds: number;
  readonly historyFrom?: number;
  readonly onPoison: ConsumerDependencies['onPoison'];
  readonly output: (line: string) => void;
}

/** The runtime's dependencies in one process of a run. Every port is a call that can have a fault. */
export function wiringOf(process: VirtualProcess, surroundings: Surroundings): ConsumerDependencies {
  const { queue, deadLetters, store, recordTtlSeconds, historyFrom, output, wrote, onPoison } = surroundings;
  const { recordHistory, ...ownStore } = store.over(process, wrote);
  const lost = (): never => {
    throw Object.assign(new Error('no answer'), { name: 'TimeoutError' });
  };
  const spoiled = { lost, throttled: lost };
  return {
    // Without a past no history is written, because that request would change the runs of all seeds.
    store:
      historyFrom === undefined || recordHistory === undefined ? ownStore : { ...ownStore, recordHistory },
    ...(historyFrom !== undefined && { historyFrom }),
    deadLetters: {
      send: ({ body, messageGroup, deduplicationId, attributes }) =>
        process.call<void>(
          `dead letter ${deduplicationId}`,
          () => {
            deadLetters.send({
              body,
              group: messageGroup,
              deduplicationId,
              attributes: asReceived(attributes),
            });
          },
          spoiled,
        ),
    },
    visibility: {
      change: (handles, seconds) =>
        process.call<void>(
          `hide ${handles.join(' ')} for ${seconds} s`,
          () => queue.hide(handles, seconds),
          spoiled,
        ),
    },
    acknowledgements: {
      acknowledge: (handles) =>
        process.call<void>(`acknowledge ${handles.join(' ')}`, () => queue.remove(handles), spoiled),
    },
    queueRetentionSeconds: queue.retentionSeconds,
    maxReceiveCount: queue.maxReceiveCount,
    onPoison,
    visibilityTimeoutSeconds: queue.visibilityTimeoutSeconds,
    recordTtlSeconds,
    clock: process.clock,
    random: process.random,
    output,
    endProcess: () => process.end('ends itself'),
  };
}

/** Converts attributes from the form of the SDK to the form in which Lambda delivers them. */
export function asReceived(
  attributes: Readonly<Record<string, MessageAttributeValue>>,
): SQSMessageAttributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      {
        dataType: DataType as 'String',
        ...(StringValue !== undefined && { stringValue: StringValue }),
        ...(BinaryValue !== undefined && { binaryValue: Buffer.from(BinaryValue).toString('base64') }),
      },
    ]),
  );
}
