import type { Clock } from '../../contract/clock.ts';
import type { CloudEvent } from '../../contract/event/event-parser.ts';
import {
  commonFailureLogMessage,
  type DeliveryLog,
  deliveryLogMessage,
} from '../../contract/reporting/delivery-log.ts';
import {
  commonFailureMetric,
  metricDimension,
  metricNamespace,
  staleMetric,
} from '../../contract/reporting/metrics.ts';
import { type OutcomeRow, outcomes } from '../../contract/reporting/outcomes.ts';
import { loggedError } from '../logging/logged-error.ts';
import type { OutcomeLog } from '../message/disposition.ts';
import type { Message } from '../message/sqs-message.ts';
import type { Output, Warn } from '../ports/output.ts';

/** Maximum warnings of a batch. If a failure affects each message, the first warnings show it. */
const maxWarnings = 10;

/** Logs one line per delivery of a batch, and the counts of outcomes as metrics. */
export class DeliveryReport {
  readonly #consumer: string;
  readonly #clock: Clock;
  readonly #output: Output;
  /** Counts by metric. */
  readonly #counts = new Map<string, number>();
  #isCommonFailureTold = false;
  #warnings = 0;

  constructor(consumer: string, clock: Clock, output: Output) {
    this.#consumer = consumer;
    this.#clock = clock;
    this.#output = output;
  }

  /** Logs the line of a finished delivery. */
  delivery(message: Message<CloudEvent>, outcome: OutcomeLog): void {
    const { level, metric } = outcomes[outcome.outcome];
    this.#count(metric);
    if (outcome.stale !== undefined) this.#count(staleMetric);
    const { error, foldError, ...fields } = outcome;
    const log: DeliveryLog = {
      message: deliveryLogMessage,
      consumer: this.#consumer,
      ...identityOf(message),
      ...fields,
      ...(error !== undefined && { error: loggedError(error) }),
      ...(foldError !== undefined && { foldError: loggedError(foldError) }),
    };
    this.#line(level, log);
    if (outcome.commonFailure) this.#commonFailure(outcome);
  }

  #commonFailure({ code, reason }: Pick<OutcomeLog, 'code' | 'reason'>): void {
    this.#count(commonFailureMetric);
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

  /**
   * Writes the counts since the last call, in CloudWatch's embedded metric format (CloudWatch User Guide, "Embedded
   * metric format").
   */
  metrics(): void {
    const values = Object.fromEntries(this.#counts);
    const names = Object.keys(values);
    if (names.length === 0) return;
    this.#counts.clear();
    this.#output(
      JSON.stringify({
        _aws: {
          Timestamp: this.#clock.now(),
          CloudWatchMetrics: [
            {
              Namespace: metricNamespace,
              Dimensions: [[metricDimension]],
              Metrics: names.map((Name) => ({ Name, Unit: 'Count' })),
            },
          ],
        },
        [metricDimension]: this.#consumer,
        ...values,
      }),
    );
  }

  #count(metric: string): void {
    this.#counts.set(metric, (this.#counts.get(metric) ?? 0) + 1);
  }
}

function identityOf({ id, group, receiveCount, isSuspect, trace, reading: { names } }: Message<CloudEvent>) {
  return {
    messageId: id,
    messageGroup: group,
    receiveCount,
    ...(isSuspect && { suspect: true as const }),
    ...(trace !== undefined && { trace }),
    ...(names !== undefined && {
      source: names.source,
      eventId: names.eventId,
      ...(names.sequence !== undefined && { sequence: names.sequence }),
    }),
  };
}
