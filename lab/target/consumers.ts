import { optionalOutputs, outputs } from '../../contract/orders/outputs.ts';

/** The consumers of the stack, by the names in their records. */
export const consumers = ['fulfilment', 'billing', 'notifications'] as const;
export type Consumer = (typeof consumers)[number];

type ValueOf<Names> = Names[keyof Names];

/** The outputs of a stack with all consumers. */
export type StackOutputs = Readonly<
  Record<ValueOf<typeof outputs> | ValueOf<typeof optionalOutputs>, string>
>;

export interface DeployedConsumer {
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
  readonly functionName: string;
}

/** Reads the outputs of each consumer. */
export function consumersOf(stack: StackOutputs): Readonly<Record<Consumer, DeployedConsumer>> {
  return {
    fulfilment: {
      queueUrl: stack[outputs.fulfilmentQueueUrl],
      deadLetterQueueUrl: stack[outputs.fulfilmentDlqUrl],
      functionName: stack[outputs.fulfilmentFunctionName],
    },
    billing: {
      queueUrl: stack[optionalOutputs.billingQueueUrl],
      deadLetterQueueUrl: stack[optionalOutputs.billingDlqUrl],
      functionName: stack[optionalOutputs.billingFunctionName],
    },
    notifications: {
      queueUrl: stack[optionalOutputs.notificationsQueueUrl],
      deadLetterQueueUrl: stack[optionalOutputs.notificationsDlqUrl],
      functionName: stack[optionalOutputs.notificationsFunctionName],
    },
  };
}

/** Calls a function for each consumer, all at once. */
export async function forEachConsumer<T>(
  work: (consumer: Consumer) => Promise<T>,
): Promise<Readonly<Record<Consumer, T>>> {
  const entries = await Promise.all(consumers.map(async (name) => [name, await work(name)] as const));
  return Object.fromEntries(entries) as Record<Consumer, T>;
}
