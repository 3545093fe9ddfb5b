import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { ClaimTerms, Delivery, StoredRecord } from '../../runtime/ports/record-store.ts';
import type { StoreUnderTest } from './subject.ts';

const hour = 3_600_000;

/** How far a store's own clock may be from the deliveries', in ms. */
const allowedSkew = 2000;

/** One event of its own in a store, and the deliveries that meet over it. */
export class Scene {
  readonly subject: StoreUnderTest;
  readonly id = `test#urn:test#${randomUUID()}`;

  constructor(subject: StoreUnderTest) {
    this.subject = subject;
  }

  get store() {
    return this.subject.store;
  }

  /** A delivery of the event; by default another one each time. */
  delivery(over: Partial<Delivery> = {}): Delivery {
    const now = over.now ?? this.subject.now();
    return {
      id: this.id,
      fingerprint: 'print',
      ownerToken: `attempt-${randomUUID()}`,
      consumer: 'test',
      source: 'urn:test',
      eventId: 'event',
      messageGroup: 'group',
      sequence: '1',
      messageId: 'message-2',
      guarantee: 'at-least-once',
      expiration: Math.floor(now / 1000) + 3600,
      insideWindow: true,
      ...over,
      now,
    };
  }

  terms(over: Partial<ClaimTerms> = {}): ClaimTerms {
    return { leaseUntil: this.subject.now() + hour, takeOver: true, ...over };
  }

  /** A record that another delivery left, under another message. */
  async given(over: Partial<StoredRecord>): Promise<StoredRecord> {
    const now = this.subject.now();
    const record: StoredRecord = {
      status: 'RETRYING',
      fingerprint: 'print',
      ownerToken: 'attempt-before',
      attempts: 3,
      firstAttemptAt: now - 5000,
      guarantee: 'at-least-once',
      messageId: 'message-1',
      messageGroup: 'group-before',
      expiration: Math.floor(now / 1000) + 1000,
      ...over,
    };
    await this.subject.plant(this.id, record);
    return record;
  }

  /** A delivery that holds the lease. */
  async owner(over: Partial<Delivery> = {}, terms: Partial<ClaimTerms> = {}): Promise<Delivery> {
    const mine = this.delivery(over);
    assert.equal((await this.store.claim(mine, this.terms(terms))).kind, 'claimed');
    return mine;
  }

  /**
   * A delivery that claimed the event and took its time: its lease is over, by each clock. A lease until now would
   * not be over for certain, as the clock may go on between the reading of both times.
   */
  lateOwner(terms: Partial<ClaimTerms> = {}): Promise<Delivery> {
    return this.owner({}, { ...terms, leaseUntil: this.subject.now() - 1000 });
  }

  /**
   * Does what has to be over before an end that comes soon, each time on a scene of its own. A machine too busy for
   * that lets the end pass first, which shows nothing about the store: then again, with twice the time.
   *
   * @param span Milliseconds from now to the first end.
   */
  static async before(
    subject: StoreUnderTest,
    span: number,
    act: (scene: Scene, end: number) => Promise<void>,
  ): Promise<Scene> {
    const scene = new Scene(subject);
    const end = subject.now() + span;
    const failure = await act(scene, end).then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    if (subject.now() < end) {
      if (failure !== undefined) throw failure.error;
      return scene;
    }
    assert.ok(span < 16_000, `nothing was over within ${span} ms`);
    return await Scene.before(subject, span * 2, act);
  }

  /** @param time Milliseconds since the epoch, which come to pass and are over. */
  async passes(time: number | undefined): Promise<void> {
    assert.ok(time, 'there is nothing to wait for');
    const left = time - this.subject.now() + 20;
    // Time that is over for this case already must not be turned back for those that run beside it.
    if (left > 0) await this.subject.pass(left);
  }

  /**
   * Shows that a time is that of a step which has just been made: the delivery's, or of a store with a clock of its own
   * one from the delivery's to now, however long the step took.
   *
   * @param time Milliseconds since the epoch.
   */
  isOfStep(time: number | undefined, mine: Pick<Delivery, 'now'>): void {
    const now = this.subject.serverTime ? this.subject.now() : mine.now;
    const isIt = time !== undefined && time > mine.now - allowedSkew && time < now + allowedSkew;
    assert.ok(isIt, `${time} is not from ${mine.now} to ${now}`);
  }

  /** Shows that a record expires as long after the step that has just been made as the delivery wants it. */
  async expiresAsSaidBy(mine: Delivery): Promise<void> {
    const { expiration = Number.NaN } = (await this.find()) ?? {};
    this.isOfStep(mine.now + (expiration - mine.expiration) * 1000, mine);
  }

  async find(): Promise<StoredRecord | undefined> {
    return plain(await this.store.find(this.id));
  }

  /** The record shows these members; `undefined` stands for none. */
  async shows(expected: Partial<StoredRecord>): Promise<void> {
    const record = await this.find();
    assert.ok(record, 'there is no record');
    const shown = Object.keys(expected).map((name) => [name, record[name as keyof StoredRecord]]);
    assert.deepEqual(plain(Object.fromEntries(shown)), plain(expected));
  }

  /** Runs a step that must change nothing. */
  async unchangedBy<T>(step: () => Promise<T>): Promise<T> {
    const before = await this.find();
    const answer = await step();
    assert.deepEqual(await this.find(), before, 'the step changed the record');
    return answer;
  }
}

/** The answer of a step that was refused because there is no record. */
export function assertNothingFound(answer: { readonly kind: string }, kind: 'exists' | 'fenced'): void {
  assert.equal(answer.kind, kind);
  assert.ok('record' in answer && answer.record === undefined, 'there is a record');
}

/** Without members that are `undefined`, which say the same as none. */
export function plain<T>(value: T): T {
  return value === undefined ? value : JSON.parse(JSON.stringify(value));
}

/** A record's fields as they are when its lease is live, or over. */
export function lease(subject: StoreUnderTest, state: 'live' | 'over'): Partial<StoredRecord> {
  const leaseUntil = subject.now() + (state === 'live' ? hour : -1);
  return { status: 'INPROGRESS', leaseUntil };
}

export function expired(subject: StoreUnderTest): { readonly expiration: number } {
  return { expiration: Math.floor(subject.now() / 1000) - 10 };
}
