import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { ClaimTerms, Delivery, StoredRecord } from '../../runtime/ports/record-store.ts';
import type { StoreUnderTest } from './subject.ts';

/** Why an event is given up, where the reason does not matter. */
export const givenUp = { code: 'PERMANENT', message: 'why' } as const;

const hour = 3_600_000;

/** Maximum difference between the store's clock and that of the deliveries, in ms. */
const allowedSkew = 2000;

/** One event in a store, and its deliveries. */
export class Scene {
  readonly subject: StoreUnderTest;
  readonly id = `test#urn:test#${randomUUID()}`;

  constructor(subject: StoreUnderTest) {
    this.subject = subject;
  }

  get store() {
    return this.subject.store;
  }

  /** A delivery of the event, with a new owner token by default. */
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
      nextTryAt: now + 300_000,
      ...over,
      now,
    };
  }

  terms(over: Partial<ClaimTerms> = {}): ClaimTerms {
    return { leaseUntil: this.subject.now() + hour, takeOver: true, ...over };
  }

  /** Writes a record of another delivery, with another message id. */
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
   * A slow delivery whose lease has ended by every clock. With a lease until now, one clock could be read before the
   * end and another one after it.
   */
  lateOwner(terms: Partial<ClaimTerms> = {}): Promise<Delivery> {
    return this.owner({}, { ...terms, leaseUntil: this.subject.now() - 1000 });
  }

  /**
   * Runs steps that must finish before a time `end`. If a busy machine finishes them too late, the result says nothing
   * about the store. Then they run again on a new scene, with twice the time.
   *
   * @param span Milliseconds from now to `end` in the first run.
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

  /** Waits until a time has passed. @param time Milliseconds since the epoch. */
  async passes(time: number | undefined): Promise<void> {
    assert.ok(time, 'there is nothing to wait for');
    const left = time - this.subject.now() + 20;
    // Other cases share the clock, so it must not be turned back.
    if (left > 0) await this.subject.pass(left);
  }

  /**
   * Asserts that a time is that of a step that has just run: the time of the delivery. If the store has its own clock,
   * it may be any time from the delivery until now.
   *
   * @param time Milliseconds since the epoch.
   */
  isOfStep(time: number | undefined, mine: Pick<Delivery, 'now'>): void {
    const now = this.subject.serverTime ? this.subject.now() : mine.now;
    const isIt = time !== undefined && time > mine.now - allowedSkew && time < now + allowedSkew;
    assert.ok(isIt, `${time} is not from ${mine.now} to ${now}`);
  }

  /** Asserts that the record has the expiration of the delivery, if the step has just run. */
  async expiresAsSaidBy(mine: Delivery): Promise<void> {
    const { expiration = Number.NaN } = (await this.find()) ?? {};
    this.isOfStep(mine.now + (expiration - mine.expiration) * 1000, mine);
  }

  async find(): Promise<StoredRecord | undefined> {
    return plain(await this.store.find(this.id));
  }

  /** Asserts members of the record; `undefined` means that the record does not have the member. */
  async shows(expected: Partial<StoredRecord>): Promise<void> {
    const record = await this.find();
    assert.ok(record, 'there is no record');
    const shown = Object.keys(expected).map((name) => [name, record[name as keyof StoredRecord]]);
    assert.deepEqual(plain(Object.fromEntries(shown)), plain(expected));
  }

  /** Runs a step, and asserts that it does not change the record. */
  async unchangedBy<T>(step: () => Promise<T>): Promise<T> {
    const before = await this.find();
    const answer = await step();
    assert.deepEqual(await this.find(), before, 'the step changed the record');
    return answer;
  }
}

/** Asserts that a step was refused because there is no record. */
export function assertNothingFound(answer: { readonly kind: string }, kind: 'exists' | 'fenced'): void {
  assert.equal(answer.kind, kind);
  assert.ok('record' in answer && answer.record === undefined, 'there is a record');
}

/** A copy without members that are `undefined`. */
export function plain<T>(value: T): T {
  return value === undefined ? value : JSON.parse(JSON.stringify(value));
}

/** The members of a record with a live lease, or with an ended one. */
export function lease(subject: StoreUnderTest, state: 'live' | 'over'): Partial<StoredRecord> {
  const leaseUntil = subject.now() + (state === 'live' ? hour : -1);
  return { status: 'INPROGRESS', leaseUntil };
}

export function expired(subject: StoreUnderTest): { readonly expiration: number } {
  return { expiration: Math.floor(subject.now() / 1000) - 10 };
}
