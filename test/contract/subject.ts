import type { Item } from '../../runtime/handler/effects/index.ts';
import type { EffectStore, RecordStore, StoredRecord } from '../../runtime/ports/record-store.ts';

/** A store to test, and the direct access to its records that the cases need. */
export interface StoreUnderTest {
  readonly store: RecordStore;
  /** Whether the store compares leases and expirations with its own clock, not with that of the delivery. */
  readonly serverTime: boolean;
  /** Whether an expired record can still be in the store. */
  readonly keepsExpired: boolean;
  /** The clock of the deliveries, in milliseconds since the epoch. */
  now(): number;
  /** Waits, or advances the clocks of the store and the deliveries. */
  pass(ms: number): Promise<void>;
  /** Writes a record directly, without the store's steps. */
  plant(id: string, record: StoredRecord): Promise<void>;
  /** For a store that commits effects. @default - the cases of effects do not apply */
  readonly effects?: {
    readonly store: EffectStore;
    /** A table for items of any content. */
    readonly items: TableUnderTest;
    /** A table for increments. */
    readonly sums: TableUnderTest;
    /** Reads an item; `undefined` if there is none. */
    read(table: string, key: Item): Promise<Item | undefined>;
  };
}

export interface TableUnderTest {
  readonly table: string;
  /** Name of its only key attribute, which is a string. */
  readonly key: string;
}

/** One behaviour that every store must have. */
export interface Case {
  readonly name: string;
  /** Whether the case applies to a store. @default - it applies to every store */
  readonly needs?: (subject: StoreUnderTest) => boolean;
  /** @throws AssertionError if the store does not have the behaviour. */
  run(subject: StoreUnderTest): Promise<void>;
}
