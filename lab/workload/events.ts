import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { OrderOnceError } from '../../contract/errors.ts';
import { type OrderEvent, parseOrderEvent } from '../../contract/orders/order-event.ts';
import { readLines } from '../../publisher/index.ts';
import { makeOwnFolder, removeFolder } from '../../system/folders.ts';
import { onShutdown } from '../../system/teardown.ts';
import { type EventKey, eventKey } from '../verify/expectation.ts';

/** Events that can be read several times, so that they never have to be in memory at once. */
export interface Events {
  /** The lines that hold the events, from 1. */
  readonly lines: readonly number[];
  /** The lines whose event is not on an earlier line. */
  readonly firsts: readonly number[];
  /** The `firsts` that are followed by an event of their group with a higher sequence. These can be sent late. */
  readonly followed: readonly number[];
  /** The raw lines up to the last event, including blank ones. */
  text(): AsyncIterable<string>;
  parsed(): AsyncIterable<{ event: OrderEvent; line: number }>;
}

class InvalidInputError extends OrderOnceError {
  constructor(message: string, options?: ErrorOptions) {
    super('INVALID_INPUT', message, options);
  }
}

/**
 * Opens a file of events and checks the first `limit` of them.
 *
 * @param file Path of the file, or `-` for standard input. Standard input is copied to a file, because it can be read
 *   only once.
 * @throws InvalidInputError that names file, line and field of an invalid event; also if there are no events.
 */
export async function openEvents(file: string, limit: number): Promise<Events> {
  const name = file === '-' ? 'standard input' : file;
  const path = (await isReadOnce(file)) ? await spool(file, limit) : file;
  const lines: number[] = [];
  const firsts: number[] = [];
  const groups = new Groups();
  const sequences = new Sequences();
  const text = () => firstLines(path, limit);
  const parsed = () => parseLines(text(), name);
  for await (const { event, line } of parsed()) {
    lines.push(line);
    const problem = groups.add(event);
    if (problem !== undefined) throw new InvalidInputError(`${name}, line ${line}: ${problem}`);
    if (!groups.isFirst) continue;
    firsts.push(line);
    sequences.add(event);
  }
  if (lines.length === 0 && limit > 0) throw new InvalidInputError(`${name} has no events`);
  const followed = sequences.followed(firsts);
  return { lines, firsts, followed, text, parsed };
}

/**
 * Checks that each event and each order is in one group. Groups run at the same time, so the result of an event or
 * order in two groups would depend on timing and could not be verified.
 */
class Groups {
  readonly #events = new Map<EventKey, string>();
  readonly #orders = new Map<string, string>();
  /** Whether the last added event is the first one with its id. */
  isFirst = false;

  add({ source, id, partitionkey, data }: OrderEvent): string | undefined {
    const key = eventKey(source, id);
    const group = this.#events.get(key);
    this.isFirst = group === undefined;
    if ((group ?? partitionkey) !== partitionkey) return `event ${id} is in two message groups`;
    if ((this.#orders.get(data.orderId) ?? partitionkey) !== partitionkey) {
      return `order ${data.orderId} is in two message groups`;
    }
    this.#events.set(key, partitionkey);
    this.#orders.set(data.orderId, partitionkey);
    return undefined;
  }
}

/** The place of each first event in its group. */
class Sequences {
  readonly #places: { readonly group: string; readonly sequence: bigint }[] = [];
  readonly #highest = new Map<string, number>();
  readonly #times = new Map<string, number>();

  add({ partitionkey: group, sequence: digits }: OrderEvent): void {
    const sequence = BigInt(digits);
    const key = `${sequence} ${group}`;
    this.#times.set(key, (this.#times.get(key) ?? 0) + 1);
    const highest = this.#places[this.#highest.get(group) ?? -1]?.sequence ?? -1n;
    if (sequence > highest) this.#highest.set(group, this.#places.length);
    this.#places.push({ group, sequence });
  }

  /** @param lines The lines of the added events, in the same order. */
  followed(lines: readonly number[]): number[] {
    return lines.filter((_, index) => this.#isFollowed(index));
  }

  /** If two events have the same number, the first one wins, so neither may be moved. */
  #isFollowed(index: number): boolean {
    const place = this.#places[index];
    if (place === undefined || this.#times.get(`${place.sequence} ${place.group}`) !== 1) return false;
    return (this.#highest.get(place.group) ?? -1) > index;
  }
}

/** Standard input, and pipes by name: `/dev/stdin`, `<(zcat orders.gz)`. */
async function isReadOnce(file: string): Promise<boolean> {
  if (file === '-') return true;
  const found = await stat(file).catch(() => undefined);
  return found !== undefined && !found.isFile() && !found.isDirectory();
}

async function spool(file: string, limit: number): Promise<string> {
  const folder = await makeOwnFolder('runs');
  onShutdown(() => removeFolder(folder));
  const path = join(folder, 'events.ndjson');
  const lines = async function* () {
    for await (const line of firstLines(file, limit)) yield `${line}\n`;
  };
  await pipeline(lines, createWriteStream(path));
  return path;
}

async function* firstLines(path: string, limit: number): AsyncGenerator<string> {
  let events = 0;
  if (limit === 0) return;
  for await (const line of readLines(path)) {
    yield line;
    if (line.trim() !== '') events += 1;
    if (events === limit) return;
  }
}

async function* parseLines(lines: AsyncIterable<string>, name: string) {
  let line = 0;
  for await (const text of lines) {
    line += 1;
    if (text.trim() === '') continue;
    yield { event: parseLine(text, `${name}, line ${line}`), line };
  }
}

function parseLine(text: string, place: string): OrderEvent {
  try {
    return parseOrderEvent({ body: text });
  } catch (cause) {
    throw new InvalidInputError(`${place}: ${(cause as Error).message}`, { cause });
  }
}
