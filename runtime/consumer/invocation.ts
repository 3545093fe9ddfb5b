import type { SQSBatchResponse } from 'aws-lambda';
import type { CloudEvent } from '../../contract/event/event-parser.ts';
import { type Delivered, deliver } from '../delivery/deliver.ts';
import { knownJobOf } from '../delivery/delivery-task.ts';
import type { HistoryRecorder } from '../delivery/history-recorder.ts';
import { handlerForInvocation, type InvocationHandler } from '../delivery/memoized-handler.ts';
import type { Guarantee, HandlerKind, Handlers } from '../guarantees/guarantee.ts';
import type { CommonFailure } from '../message/common-failure.ts';
import type { HandlerContext } from '../message/delivery-context.ts';
import { reasonLog } from '../message/disposition.ts';
import type { Reader } from '../message/reading.ts';
import { type Message, readMessage } from '../message/sqs-message.ts';
import type { ConsumerDependencies } from '../ports/dependencies.ts';
import type { GuaranteeName } from '../ports/record-store.ts';
import { settleMessage } from '../settlement/execute-disposition.ts';
import { handlerTimeout } from '../settlement/settle.ts';
import { BatchProgress } from './batch-progress.ts';
import { DeliveryReport } from './delivery-report.ts';
import { exitBeforeTimeout } from './exit-before-timeout.ts';
import { scheduleGroups } from './group-scheduler.ts';
import type { Batch } from './lambda-event.ts';
import type { TimeEstimate } from './time-estimate.ts';

/**
 * Milliseconds at the end of an invocation in which no message starts. Running messages need them to settle, because an
 * invocation that times out returns its whole batch.
 */
const settleReserveMs = 500;

/** The state of a consumer across invocations. */
export interface Consumer<Event extends CloudEvent, Kind extends HandlerKind> {
  readonly reader: Reader<Event>;
  readonly guarantee: Guarantee<Kind>;
  /** The guarantees that the consumer had before. */
  readonly formerly: readonly GuaranteeName[];
  readonly handle: Handlers<Event>[Kind];
  /** Maximum number of message groups that are handled at once. */
  readonly concurrency: number;
  readonly dependencies: ConsumerDependencies;
  readonly estimate: TimeEstimate;
  readonly commonFailure: CommonFailure;
  readonly history: HistoryRecorder;
}

/** One invocation of the function: its batch and its time. */
export class Invocation<Event extends CloudEvent, Kind extends HandlerKind> {
  readonly #consumer: Consumer<Event, Kind>;
  readonly #report: DeliveryReport;
  readonly #messages: readonly Message<Event>[];
  readonly #progress: BatchProgress;
  readonly #handler: InvocationHandler<Event, Kind>;
  readonly #context: HandlerContext<Event, Kind>;
  /** The part of the invocation in which messages may start. */
  readonly #workBudgetMs: number;

  constructor(consumer: Consumer<Event, Kind>, { records, remainingTimeMs }: Batch) {
    const { reader, dependencies, guarantee, formerly, handle, commonFailure } = consumer;
    const startedAt = dependencies.clock.now();
    const endsAt = startedAt + remainingTimeMs;
    this.#consumer = consumer;
    this.#workBudgetMs = remainingTimeMs - settleReserveMs;
    this.#messages = records.map((record) => readMessage(record, reader, dependencies));
    // Parsers run before any handler starts, so that a parser that ends the process does not interrupt a handler.
    for (const { isSuspect, reading } of this.#messages) if (!isSuspect) void reading.content;
    this.#report = new DeliveryReport(reader.name, dependencies);
    this.#progress = new BatchProgress(this.#messages, dependencies, this.#report);
    this.#handler = handlerForInvocation(guarantee, handle);
    this.#context = {
      consumer: reader.name,
      guarantee,
      handle: this.#handler.handle,
      dependencies,
      startedAt,
      endsAt,
      deadlineAt: endsAt - settleReserveMs,
      formerly,
      commonFailure,
      groupsNotFolding: new Set(),
      warn: this.#report.warn,
      finish: this.#progress.finish,
    };
  }

  /** Handles the batch. @returns The messages that SQS must deliver again; Lambda deletes the others. */
  async run(): Promise<SQSBatchResponse> {
    const { clock } = this.#consumer.dependencies;
    const work = () => this.#work();
    const response = await exitBeforeTimeout(work, this.#context.endsAt, clock, () => this.#exit());
    this.#report.metrics();
    return response;
  }

  async #work(): Promise<SQSBatchResponse> {
    const { concurrency, dependencies, estimate } = this.#consumer;
    const leftMs = () => this.#context.deadlineAt - dependencies.clock.now();
    const workBudgetMs = this.#workBudgetMs;
    try {
      return await scheduleGroups(this.#messages, {
        concurrency,
        random: dependencies.random,
        mostToStart: (leavingHalf) => estimate.mostToStart({ leftMs: leftMs(), workBudgetMs, leavingHalf }),
        deliver: (messages) => this.#deliver(messages),
        postpone: (rest, advanced) => this.#progress.postpone(rest, advanced),
        isolate: () => this.#isolate(),
      });
    } finally {
      await this.#handler.idle();
      await this.#consumer.history.idle(this.#context.deadlineAt);
    }
  }

  async #deliver(messages: readonly [Message<Event>, ...Message<Event>[]]): Promise<Delivered> {
    const { estimate, dependencies } = this.#consumer;
    const startedAt = dependencies.clock.now();
    this.#progress.begin(messages);
    this.#consumer.history.begin(this.#report.warn);
    const delivered = await deliver(messages, this.#context);
    if (!delivered.stops) estimate.saw(dependencies.clock.now() - startedAt);
    return delivered;
  }

  /**
   * Runs before a suspect, which may end the process. Deleted messages are never delivered again, so their metrics are
   * written first.
   */
  async #isolate(): Promise<void> {
    await this.#handler.idle();
    this.#report.metrics();
    await this.#progress.acknowledge();
  }

  /** Ends the process, because a pending handler would continue in the next invocation. */
  async #exit(): Promise<void> {
    const timedOut = await this.#progress.cutShort((message, finish) =>
      settleMessage({ outcome: 'handler-timeout' }, message, knownJobOf(message, this.#context), {
        ...this.#context,
        finish,
      }),
    );
    for (const message of this.#messages) {
      if (timedOut.includes(message) || !this.#isAtWork(message)) continue;
      this.#report.delivery(message, reasonLog('failed', handlerTimeout));
    }
    this.#report.metrics();
    this.#consumer.dependencies.endProcess();
  }

  #isAtWork({ reading: { parsed } }: Message<Event>): boolean {
    return parsed !== undefined && 'event' in parsed && this.#handler.isAtWork(parsed.event);
  }
}
