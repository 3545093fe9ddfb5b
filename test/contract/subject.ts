import type { Item } from '../../runtime/handler/effects/index.ts';
import type { EffectStore, RecordStore, StoredRecord } from '../../runtime/ports/record-store.ts';

/** A store that is to be proven, and what the proof needs to reach around its port. */
export interface StoreUnderTest {
  readonly store: RecordStore;
  /** Whether leases and expirations go by a clock of the store's own, not by the deliveries'. */
  readonly serverTime: boolean;
  /** Whether a record that has expired may still be there. */
  readonly keepsExpired: boolean;
  /** Milliseconds since the epoch, for the deliveries. */
  now(): number;
  /** Lets time go on, for the store and the deliveries. */
  pass(ms: number): Promise<void>;
  /** Writes a record as somebody else left it. */
  plant(id: string, record: StoredRecord): Promise<void>;
  /** Of a store that commits effects. */
  readonly effects?: {
    readonly store: EffectStore;
    readonly items: TableUnderTest;
    readonly sums: TableUnderTest;
    read(table: string, key: Item): Promise<Item | undefined>;
  };
}

export interface TableUnderTest {
  readonly table: string;
  /** The name of its one key attribute, a string. */
  readonly key: string;
}

/** One behaviour that every store has to show; throws where it does not. */
export interface Case {
  readonly name: string;
  /** What a store must be able to, for the case to say something. */
  readonly needs?: (subject: StoreUnderTest) => boolean;
  run(subject: StoreUnderTest): Promise<void>;
}
