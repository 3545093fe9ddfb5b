import { canonicalJson } from '../contract/event/canonical-json.ts';
import { bodyKey } from '../contract/event/identity.ts';
import { firstPublishedAttribute } from '../contract/message-attributes.ts';
import type { OrderEvent } from '../contract/orders/order-event.ts';
import type { DeliveryLog } from '../contract/reporting/delivery-log.ts';
import { memoryStore } from '../runtime/index.ts';
import { Clients } from './actors/clients.ts';
import { Deployments } from './actors/deployments.ts';
import { ConsumerFunction } from './actors/function.ts';
import { IntakeFunction } from './actors/intake.ts';
import { LaterVersion } from './actors/later-version.ts';
import { Operator } from './actors/operator.ts';
import type { Part } from './actors/part.ts';
import { type ConsumerName, partOf, tableKeys, watched, withOptions } from './actors/parts.ts';
import { publishAll, sendExtra } from './actors/publisher.ts';
import { Troubles } from './actors/troubles.ts';
import type { Letter } from './broker/message.ts';
import { producedAttributes } from './broker/produced-attributes.ts';
import { FifoTopic } from './broker/topic.ts';
import { Answers } from './oracle/answers.ts';
import { Blameless } from './oracle/blameless.ts';
import { Contents, ownContent } from './oracle/contents.ts';
import { checkEnd, checkRecords, codeOf, type EndState } from './oracle/end.ts';
import { Expectation } from './oracle/expectation.ts';
import { firstIdOf, recordKey } from './oracle/record-key.ts';
import { Witness } from './oracle/witness.ts';
import { MailSystem } from './outside/mail-system.ts';
import { PaymentProvider } from './outside/provider.ts';
import { type DynamoDbRunStore, dynamoDbRunStore } from './ports/dynamodb.ts';
import { expire } from './ports/expiry.ts';
import { redisRunStore } from './ports/redis.ts';
import { memoryRunStore, type RunStore } from './ports/store.ts';
import type { Expiry, Plan } from './workloads/plan.ts';
import { isOrder } from './workloads/requests.ts';
import type { VirtualProcess } from './world/virtual-process.ts';
import { startTime, type World } from './world/world.ts';

const day = 86_400_000;
const recordTtlSeconds = 45 * 86_400;

/** Maximum number of rounds of an operator after the faults, and the time between them in ms. */
const rounds = 8;
const roundLength = 6 * 3_600_000;
/** Retention of the queues, in ms. A message that blocks its group for longer would be deleted. */
const retention = 4 * day;

/** The whole system of a run: topic, functions, external systems, and an operator. */
export class Shop {
  readonly #world: World;
  readonly #plan: Plan;
  readonly #store: RunStore;
  readonly #provider: PaymentProvider;
  readonly #mails: MailSystem;
  readonly #functions: readonly ConsumerFunction[];
  readonly #topic: FifoTopic;
  readonly #operator: Operator;
  readonly #witness: Witness;
  readonly #answers: Answers;
  /** Absent if the records are not in DynamoDB. */
  readonly #clients: Clients | undefined;
  readonly #expectation: Expectation;
  readonly #contents = new Contents();
  /** Idempotency keys of the events whose effect happened in an external system since their records were created. */
  readonly #effects = new Set<string>();
  readonly #deployments: Deployments;
  readonly #laterVersion: LaterVersion;
  readonly #blameless: Blameless;
  readonly #troubles: Troubles;

  constructor(world: World, plan: Plan) {
    this.#world = world;
    this.#plan = plan;
    const dynamoDb = plan.store === 'dynamodb' ? dynamoDbRunStore(world, tableKeys) : undefined;
    const redis = plan.store === 'redis' ? redisRunStore(world) : undefined;
    const memory = memoryStore(tableKeys);
    this.#store = dynamoDb ?? redis ?? memoryRunStore(memory);
    this.#laterVersion = new LaterVersion(world, memory.records);
    const events = plan.events.map(({ event }) => event);
    this.#expectation = new Expectation(events, plan.consumers);
    const { keyOf, order } = this.#expectation;
    this.#provider = new PaymentProvider(world, plan.providerMemory, keyOf);
    this.#mails = new MailSystem(world, keyOf);
    const slack = 120_000;
    this.#witness = new Witness(
      world,
      order,
      () => plan.providerMemory - slack,
      // Messages that SQS itself moved are violations of another rule.
      (id) => plan.onPoison === 'quarantine' || this.#operator.skipped.has(id) || id.startsWith('moved-'),
      this.#contents,
    );
    this.#troubles = new Troubles(world, this.#witness, plan.events);
    this.#provider.onCharge = ({ key }) => this.#happened(keyOf(key));
    this.#mails.onMail = (key) => this.#happened(key);
    this.#functions = plan.consumers.map((name) => this.#function(name));
    this.#deployments = new Deployments(world, plan, this.#functions, this.#troubles);
    this.#topic = new FifoTopic(
      world,
      this.#functions.map(({ queue }) => queue),
    );
    const orders = plan.events.filter(isOrder);
    this.#answers = new Answers(world, orders);
    this.#blameless = new Blameless(world);
    this.#clients = dynamoDb && new Clients(world, this.#intake(dynamoDb), this.#answers, orders);
    this.#operator = new Operator(world, {
      functions: this.#functions,
      store: this.#store,
      recordTtlSeconds,
      happened: (key) => this.#effects.has(key),
      isRedrivable: ({ body, attributes }) =>
        this.#expectation.isOriginal(body) && codeOf(attributes) !== 'OUT_OF_WINDOW',
    });
  }

  get fetch() {
    return this.#provider.fetch;
  }

  get deliveries(): number {
    return this.#witness.deliveries;
  }

  get outcomes(): ReadonlyMap<string, number> {
    return this.#witness.outcomes;
  }

  /** Runs the plan until no work is left, and checks the end. */
  async run(): Promise<void> {
    const { scheduler, now } = this.#world;
    const { consumers, events, duration, badDeployment, outage, expiry, laterVersion } = this.#plan;
    this.#topic.onFirst = (body) => {
      this.#answers.published(body);
      this.#sendExtras(body);
    };
    this.#clients?.begin();
    publishAll(
      this.#world,
      this.#topic,
      events.filter((planned) => !isOrder(planned)),
    );
    this.#deployments.begin();
    if (laterVersion !== undefined) {
      const left = events.filter(({ index }) => laterVersion.events.includes(index));
      this.#laterVersion.leave(left, consumers, laterVersion, recordTtlSeconds);
      scheduler.at(now + laterVersion.until, () => this.#laterVersion.finish());
    }
    this.#sendEarlier();
    if (outage !== undefined)
      this.#world.outage = { ...outage, from: now + outage.at, to: now + outage.at + outage.lasts };
    const end = now + Math.max(duration, (outage?.at ?? 0) + (outage?.lasts ?? 0), badDeployment?.to ?? 0);
    this.#lookAfter(end);
    await scheduler.run(end);
    await this.#settle();
    await this.#askAgain();
    checkRecords(this.#world, this.#expectation, this.#expectation.events, this.#state);
    if (expiry !== undefined) await this.#liveAgain(expiry);
    checkEnd(this.#world, this.#expectation, this.#state);
  }

  /** Events arrive that something else applied before the history of the consumers. */
  #sendEarlier(): void {
    const { scheduler, faults } = this.#world;
    for (const { event, before, at } of this.#plan.earlier ?? []) {
      this.#expectation.earlier.add(canonicalJson(event));
      scheduler.at(startTime + at, () => {
        faults.count('event of before the history');
        for (const { name, queue } of this.#functions) {
          queue.send(oldCopyOf(event, `${name}-${event.id}`, startTime - before));
        }
      });
    }
  }

  /** After the records have expired, events are published again, and old copies arrive. */
  async #liveAgain({ deleted, again, copies }: Expiry): Promise<void> {
    const { scheduler, faults, chance, now } = this.#world;
    const { duration, events, store } = this.#plan;
    const start = now + recordTtlSeconds * 1000 + day;
    if (store !== 'redis') expire(this.#world, this.#store, { deleted, start, duration });
    await scheduler.run(start);
    this.#witness.beginLife();
    this.#effects.clear();
    faults.resume();
    const repeated = events.filter(({ index }) => again.includes(index));
    for (const { event } of repeated) {
      this.#expectation.again(event);
      faults.count('event used again after its records');
    }
    publishAll(this.#world, this.#topic, repeated);
    for (const { event } of events.filter(({ index }) => copies.includes(index))) {
      this.#expectation.copied(event);
      const at = start + chance.below(duration);
      scheduler.at(at, () => {
        faults.count('copy older than the records');
        for (const { name, queue } of this.#functions) queue.send(oldCopyOf(event, `${name}-${event.id}`));
      });
    }
    this.#lookAfter(start + duration);
    await scheduler.run(start + duration);
    await this.#settle();
    const live = repeated.map(({ event }) => event);
    checkRecords(this.#world, this.#expectation, live, this.#state);
  }

  get #state(): EndState {
    return {
      store: this.#store,
      charges: this.#provider.charges,
      mails: this.#mails.sent,
      functions: this.#functions,
      onPoison: this.#plan.onPoison,
      providerMemory: this.#plan.providerMemory,
      isOfWildClock: (key) => this.#witness.isOfWildClock(key),
      isIgnored: (key) => this.#witness.isIgnored(key),
      lethalBodies: this.#troubles.lethalBodies,
    };
  }

  #intake(store: DynamoDbRunStore): IntakeFunction {
    return new IntakeFunction(this.#world, {
      store,
      topic: this.#topic,
      timeout: this.#plan.timeout,
      recordTtlSeconds,
      onPublish: (event) => this.#answers.publishes(event),
    });
  }

  #function(name: ConsumerName): ConsumerFunction {
    const { timeout, concurrency, providerMemory, onPoison } = this.#plan;
    const consumer = new ConsumerFunction(this.#world, {
      name,
      store: this.#store,
      recordTtlSeconds,
      onPoison,
      timeout,
      concurrency,
      ...(this.#plan.earlier !== undefined && { historyFrom: startTime }),
      part: (process) => {
        const guarantee = this.#deployments.guaranteeOf(name);
        const part = partOf(name, process, this.#world, { guarantee, mails: this.#mails, providerMemory });
        const read = this.#deployments.ownContent ? { ...part, fingerprint: ownContent } : part;
        const watchedPart = watched(read as Part, this.#world, process, {
          begins: (event, context) => {
            const until = context && this.#world.now + context.remainingTime();
            this.#witness.begins(recordKey(name, event), process, until);
          },
          keyOf: (event) => recordKey(name, event),
          ends: (event) => this.#witness.ends(recordKey(name, event), process),
          trouble: (event, body) => this.#troubles.of(name, firstIdOf(event), body),
        });
        if (!this.#plan.consumerOptions) return watchedPart;
        return withOptions(watchedPart, this.#deployments.ignores(name));
      },
      output: (line, process) => this.#logged(line, process),
      onDelivery: (messageId) => this.#witness.delivered(messageId),
      wrote: this.#witness.wrote,
      onReturn: (returned) => this.#witness.returned(returned),
    });
    consumer.deadLetters.onArrival = ({ body, attributes, deduplicationId }) => {
      const code = codeOf(attributes);
      if (code === 'RETENTION') consumer.savedFromDeletion(deduplicationId);
      const event = this.#expectation.eventOf(body);
      if (event === undefined) return;
      const key = recordKey(name, event);
      this.#witness.givenUp(key, code, deduplicationId, bodyKey(name, body));
      if (this.#troubles.failsAll) this.#blameless.givenUp(name, key, code);
    };
    consumer.queue.onArrival = ({ body }) => {
      this.#expectation.arrived(name, body);
      this.#contents.arrived(body);
    };
    return consumer;
  }

  #logged(line: string, process: VirtualProcess): void {
    if (!line.includes('"message":"delivery"')) return;
    const log = JSON.parse(line) as DeliveryLog;
    const { consumer, source, eventId } = log;
    const key =
      source === undefined || eventId === undefined
        ? undefined
        : recordKey(consumer, { source, id: eventId });
    this.#witness.logged(log, key, process);
    if (log.outcome === 'applied' && key !== undefined) this.#effect(key);
  }

  #happened(key: string): void {
    this.#effects.add(key);
    this.#effect(key);
  }

  #effect(key: string): void {
    this.#witness.effect(key, this.#expectation.groupOf(key));
  }

  #sendExtras(body: string): void {
    const planned = this.#plan.events.find((one) => this.#expectation.bodyOf(one.event) === body);
    for (const extra of planned?.extras ?? []) {
      this.#world.scheduler.after(extra.at, () => {
        if (planned && isOrder(planned)) this.#clients?.sendExtra(planned, extra);
        else sendExtra(this.#world, this.#topic, extra);
      });
    }
  }

  /** An operator acts from time to time, while faults occur. */
  #lookAfter(until: number): void {
    const { scheduler, chance, faults, now } = this.#world;
    const next = now + chance.below(300_000);
    if (next > until) return;
    scheduler.at(next, () => {
      if (faults.strikes('redrive', 'operator')) this.#operator.redrive(1);
      if (faults.strikes('skip', 'operator')) this.#operator.skip(this.#witness.blocked, 1);
      this.#operator.resolveOld();
      this.#lookAfter(until);
    });
  }

  /**
   * The faults end. No message may be stuck, even if handlers still fail, unless poison blocks its group. Then the
   * handlers are fixed, and operators settle everything that is left.
   */
  async #settle(): Promise<void> {
    const { scheduler, faults } = this.#world;
    const { onPoison, neglect } = this.#plan;
    const isPatient = onPoison === 'block' && neglect < retention;
    faults.cease();
    await scheduler.run(this.#world.now + neglect);
    if (!isPatient) this.#mustBeEmpty();
    this.#troubles.areFixed = true;
    if (isPatient) await scheduler.run(this.#world.now + roundLength);
    for (let round = 0; round < rounds; round++) {
      const every = Number.POSITIVE_INFINITY;
      const left = this.#operator.skip(this.#witness.blocked, every) + this.#operator.redrive(every);
      if (left + this.#operator.resolveAll() === 0) break;
      await scheduler.run(this.#world.now + roundLength);
    }
    this.#mustBeEmpty();
  }

  /** Every client sends its request again. It must get its first answer, and nothing may be published. */
  async #askAgain(): Promise<void> {
    if (this.#clients === undefined) return;
    this.#answers.checkAll();
    this.#clients.askAgain();
    await this.#world.scheduler.run(this.#world.now + roundLength);
  }

  #mustBeEmpty(): void {
    for (const { queue } of this.#functions) {
      for (const { id, group } of queue.messages) {
        this.#world.violated(`${id} of group ${group} is stuck in ${queue.name}`);
      }
    }
  }
}

/** The message of a replay from an archive: the event with the time of its first publication. */
function oldCopyOf(event: OrderEvent, deduplicationId: string, publishedAt = startTime): Letter {
  const body = canonicalJson(event);
  const attributes = {
    ...producedAttributes(body),
    [firstPublishedAttribute]: { dataType: 'Number' as const, stringValue: String(publishedAt) },
  };
  return { body, group: event.partitionkey, deduplicationId, attributes };
}
