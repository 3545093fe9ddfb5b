import type { Clock } from '../../contract/clock.ts';
import type { CloudEvent } from '../../contract/event/event-parser.ts';
import {
  commonFailureLogMessage,
  type DeliveryLog,
  deliveryLogMessage,
} from '../../contract/reporting/delivery-log.ts';
import { hashMessageGroup } from '../../contract/reporting/log-message-group.ts';
import type { CountMetric, MetricName } from '../../contract/reporting/metrics.ts';
import { type OutcomeRow, outcomes } from '../../contract/reporting/outcomes.ts';
import { embeddedMetrics } from '../logging/embedded-metrics.ts';
import { loggedError } from '../logging/logged-error.ts';
import type { OutcomeLog } from '../message/disposition.ts';
import type { Message } from '../message/sqs-message.ts';
import type { ConsumerDependencies } from '../ports/dependencies.ts';
import type { Output, Warn } from '../ports/output.ts';

/** Maximum warnings of a batch. If a failure affects each message, the first warnings show it. */
const maxWarnings = 10;

/** Logs one line per delivery of a batch, and the metrics of its deliveries. */
export class DeliveryReport {
  readonly #consumer: string;
  readonly #service: string | undefined;
  readonly #logGroupKey: string | undefined;
  readonly #clock: Clock;
  readonly #output: Output;
  /** The values since the last line of metrics: a count, or one value per delivery. */
  readonly #values = new Map<MetricName, number | number[]>();
  #isCommonFailureTold = false;
  #warnings = 0;

  constructor(
    consumer: string,
    {
      service,
      logGroupKey,
      clock,
      output,
    }: Pick<ConsumerDependencies, 'service' | 'logGroupKey' | 'clock' | 'output'>,
  ) {
    this.#consumer = consumer;
    this.#service = service;
    this.#logGroupKey = logGroupKey;
    this.#clock = clock;
    this.#output = output;
  }

  /** Logs the line of a finished delivery. */
  delivery(message: Message<CloudEvent>, outcome: OutcomeLog): void {
    const { level, metric, waits } = outcomes[outcome.outcome];
    this.#count(metric);
    if (outcome.stale !== undefined) this.#count('Stale');
    if (waits) this.#waitingAge(message);
    const { error, foldError, ...fields } = outcome;
    const log: DeliveryLog = {
      message: deliveryLogMessage,
      consumer: this.#consumer,
      ...identityOf(message),
      messageGroup: this.#shownGroup(message.group),
      ...fields,
      ...(error !== undefined && { error: loggedError(error) }),
      ...(foldError !== undefined && { foldError: loggedError(foldError) }),
    };
    this.#line(level, log);
    if (outcome.commonFailure) this.#commonFailure(outcome);
  }

  /** Groups are often account numbers of people, and many can read logs. */
  #shownGroup(group: string): string {
    return this.#logGroupKey === undefined ? group : hashMessageGroup(group, this.#logGroupKey);
  }

  #commonFailure({ code, reason }: Pick<OutcomeLog, 'code' | 'reason'>): void {
    this.#count('CommonFailure');
    if (this.#isCommonFailureTold) return;
    this.#isCommonFailureTold = true;
    this.#line('ERROR', { message: commonFailureLogMessage, consumer: this.#consumer, code, reason });
  }

  #line(level: OutcomeRow['level'], fields: object): void {
    const timestamp = new Date(this.#clock.now()).toISOString();
    this.#output(JSON.stringify({ level, timestamp, ...fields }));
  }

  readonly warn: Warn = (what, error) => {
    this.#warnings += 1;
    if (this.#warnings > maxWarnings) return;
    const last = this.#warnings === maxWarnings && { more: 'Further warnings of this batch are left out' };
    const line = { message: what, consumer: this.#consumer, ...last };
    this.#line('WARN', { ...line, ...(error !== undefined && { error: loggedError(error) }) });
  };

  /** Writes one line with the metrics since the last call. */
  metrics(): void {
    if (this.#values.size === 0) return;
    const names = { service: this.#service, consumer: this.#consumer };
    this.#output(embeddedMetrics(names, this.#values, this.#clock.now()));
    this.#values.clear();
  }

  #count(metric: CountMetric): void {
    const count = this.#values.get(metric);
    this.#values.set(metric, (typeof count === 'number' ? count : 0) + 1);
  }

  /**
   * SQS' own age of the oldest message leaves out messages that were received several times (Amazon SQS Developer Guide,
   * "Available CloudWatch metrics for Amazon SQS"), so the age of a message that fails again and again comes from here.
   */
  #waitingAge({ sentAt }: Message<CloudEvent>): void {
    // Without a SentTimestamp the age is not known.
    if (sentAt === 0) return;
    const age = Math.max(0, this.#clock.now() - sentAt) / 1000;
    const ages = this.#values.get('WaitingAge');
    this.#values.set('WaitingAge', [...(Array.isArray(ages) ? ages : []), age]);
  }
}

function identityOf({ id, receiveCount, isSuspect, trace, reading, ...message }: Message<CloudEvent>) {
  const { names, told } = reading;
  // The message's trace is nearer to this delivery than that of the event, which keeps its first one.
  const traceparent = message.traceparent ?? told.traceparent;
  return {
    messageId: id,
    receiveCount,
    ...(isSuspect && { suspect: true as const }),
    ...(trace !== undefined && { trace }),
    ...(traceparent !== undefined && { traceparent }),
    ...(names !== undefined && {
      source: names.source,
      eventId: names.eventId,
      ...(names.sequence !== undefined && { sequence: names.sequence }),
      ...(told.subject !== undefined && { subject: told.subject }),
    }),
  };
}
