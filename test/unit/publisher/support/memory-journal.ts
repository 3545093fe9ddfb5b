import type { JournalStorage } from '../../../../publisher/journal/journal-file.ts';

/** A journal in memory, whose process can be killed. */
export class MemoryJournal implements JournalStorage {
  readonly name = 'orders.journal';
  text: string | undefined;
  /** Every text that was written. */
  readonly written: string[] = [];

  /** The journal as one process sees it. */
  process(beforeWrite: (write: number) => 'write' | 'die before' | 'die after' = () => 'write') {
    let alive = true;
    let writes = 0;
    const unlessDead = <T>(value: T) => (alive ? Promise.resolve(value) : new Promise<T>(() => {}));
    const storage: JournalStorage = {
      name: this.name,
      read: () => unlessDead(this.text),
      write: async (text, check) => {
        check(this.text);
        writes += 1;
        const fate = alive ? beforeWrite(writes) : 'die before';
        if (fate !== 'write') alive = false;
        if (fate !== 'die before') this.#write(text);
        return await unlessDead(undefined);
      },
    };
    return { storage, kill: () => (alive = false), isAlive: () => alive };
  }

  read(): Promise<string | undefined> {
    return Promise.resolve(this.text);
  }

  async write(text: string, check: (found: string | undefined) => void): Promise<void> {
    check(this.text);
    this.#write(text);
  }

  #write(text: string): void {
    this.text = text;
    this.written.push(text);
  }
}
