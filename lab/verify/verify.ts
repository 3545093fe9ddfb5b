import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { ClientConfig } from '../../local/endpoint/client-config.ts';
import { depth, peek } from '../../local/queues/queue.ts';
import type { EndedFunctions } from '../faults/kill-functions.ts';
import type { Sandbox } from '../faults/sandbox.ts';
import { count } from '../observe/counts.ts';
import { readLog } from '../observe/deliveries.ts';
import { flushLog } from '../observe/flush-log.ts';
import {
  type Consumer,
  consumers,
  consumersOf,
  forEachConsumer,
  type StackOutputs,
} from '../target/consumers.ts';
import type { Events } from '../workload/events.ts';
import type { Plan } from '../workload/plan.ts';
import type { TopicOrder } from '../workload/topic-order.ts';
import { checkRun } from './check-run.ts';
import { compare } from './compare.ts';
import { expectationOf } from './expectation.ts';
import { chargesOf, resentOf } from './external/charges.ts';
import { compareExternalEffects } from './external/external-effects.ts';
import { mailsOf } from './external/mails.ts';
import { findInversions } from './inversions.ts';
import { compareRecords } from './records.ts';
import type { RunResult } from './run-result.ts';
import { lateAsSent } from './sequences.ts';
import { readTables } from './tables.ts';

export interface VerifyOptions {
  readonly clientConfig: ClientConfig;
  readonly stack: StackOutputs;
  readonly events: Events;
  readonly plan: Plan;
  /** The lines of the events that were published late. */
  readonly late: ReadonlySet<number>;
  /** The order in which the topic accepted the messages. */
  readonly order: TopicOrder;
  readonly sandbox: Sandbox;
  readonly ended: EndedFunctions;
  /** Messages that the topic accepted. */
  readonly sent: number;
  /** Whether everything was sent inside the broker's deduplication window. */
  readonly insideWindow: boolean;
}

/** Compares tables, logs, dead-letter queues, charges and mails with the published events. */
export async function verify(options: VerifyOptions): Promise<RunResult> {
  const { clientConfig, stack, events, plan, late, order, sandbox, ended, sent, insideWindow } = options;
  const shown = (consumer: Consumer) => observe(clientConfig, stack, order, consumer);
  // One consumer after the other, before the tables are read, because each step keeps a whole log in memory.
  const evidence = {
    fulfilment: await shown('fulfilment'),
    billing: await shown('billing'),
    notifications: await shown('notifications'),
  };
  const mails = await sandbox.mails();
  const requests = await sandbox.charges();
  const expected = await expectationOf(onlyEvents(events));
  const tables = {
    records: stack.RecordsTableName,
    orders: stack.OrdersTableName,
    ledger: stack.LedgerTableName,
    customers: stack.CustomersTableName,
  };
  const found = await readTables(new DynamoDBClient(clientConfig), tables);
  const { problems: tableProblems, ...comparison } = compare(expected, found);
  const charges = chargesOf(requests);
  const mailed = mailsOf(mails, expected, sandbox.mailDomain);
  const ofBilling = found.records('billing');
  const ofNotifications = found.records('notifications');
  const outside = {
    billing: compareRecords('billing', expected, ofBilling, charges),
    notifications: compareRecords('notifications', expected, ofNotifications, mailed, expected.refusedMails),
  };
  const doubleCharges = compareExternalEffects('charge', expected.charges, charges, ofBilling);
  const doubleMails = compareExternalEffects('mail', expected.mails, mailed, ofNotifications);
  const unknowns = [...outside.billing.unknown, ...outside.notifications.unknown];
  const unknownOf = (consumer: Consumer) => unknowns.filter((one) => one.consumer === consumer).length;
  const judged = await forEachConsumer(async (consumer) => {
    const unknown = unknownOf(consumer);
    const refused = consumer === 'notifications' ? expected.refusedMails.size : 0;
    return checkRun(expected, plan, {
      ...evidence[consumer],
      consumer,
      sent,
      insideWindow,
      unknown,
      refused,
    });
  });
  const timedOut = consumers.reduce((sum, consumer) => sum + evidence[consumer].timeouts, 0);
  const asSent = await lateAsSent(events.parsed(), late);
  const store = sandbox.storeRequests();
  const problems = [
    ...tableProblems,
    ...(comparison.late > asSent
      ? [
          `fulfilment completed ${comparison.late} events after a later one of their group, but only ${asSent} were sent in that order`,
        ]
      : []),
    ...(store?.refused === 0
      ? [`the outage hit none of the ${store.requests} requests to the store: publish more events`]
      : []),
    ...outside.billing.problems,
    ...outside.notifications.problems,
    ...doubleCharges.problems,
    ...doubleMails.problems,
    ...Object.values(judged).flat(),
    ...consumers.flatMap((consumer) =>
      evidence[consumer].ordered.problems.map((problem) => `${consumer}: ${problem}`),
    ),
    // An invocation that Lambda ended at its timeout may have acted, so an unknown outcome is correct then.
    ...(sandbox.isHarmless && timedOut === 0
      ? unknowns.map(({ consumer, id }) => `${consumer}: outcome unknown for event ${id}`)
      : []),
  ];
  const { fulfilment, billing, notifications } = evidence;
  return {
    published: {
      events: events.lines.length,
      late: late.size,
      sent,
      removedByBroker: sent - fulfilment.counts.delivered,
    },
    consumers: await forEachConsumer(async (consumer) => {
      const { counts, deadLetters } = evidence[consumer];
      return { ...counts, deadLetters };
    }),
    provider: {
      requests: requests.length,
      charges: requests.filter((request) => request.charged).length,
      resent: resentOf(requests),
    },
    mails: mails.length,
    mailsRefused: expected.refusedMails.size,
    ended: {
      ...ended,
      diedAtWork: fulfilment.deaths + billing.deaths + notifications.deaths,
      timedOut,
    },
    ...(store && { store }),
    verified: {
      expected: expected.events.size,
      ...comparison,
      inversions: consumers.reduce((sum, consumer) => sum + evidence[consumer].ordered.inversions, 0),
      missing: comparison.missing + outside.billing.missing + outside.notifications.missing,
      doubleCharges: doubleCharges.doubled,
      doubleMails: doubleMails.doubled,
      unknown: unknowns.length,
      dlq: fulfilment.deadLetters,
      unknowns,
      problems,
    },
  };
}

/** Reads the log of a consumer's function and its dead-letter queue. */
async function observe(
  clientConfig: ClientConfig,
  stack: StackOutputs,
  order: TopicOrder,
  consumer: Consumer,
) {
  const { functionName, deadLetterQueueUrl } = consumersOf(stack)[consumer];
  const sqs = new SQSClient(clientConfig);
  await flushLog(new LambdaClient(clientConfig), functionName);
  const { deliveries, timeouts, deaths } = await readLog(
    new CloudWatchLogsClient(clientConfig),
    functionName,
  );
  const letters = await peek(sqs, deadLetterQueueUrl);
  return {
    counts: count(deliveries),
    ordered: findInversions(deliveries, order),
    timeouts,
    deaths,
    letters,
    deadLetters: await depth(sqs, deadLetterQueueUrl),
  };
}

async function* onlyEvents(events: Events) {
  for await (const { event } of events.parsed()) yield event;
}
