import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { OrderOnceError } from '../../contract/errors.ts';
import { type OrderEvent, parseOrderEvent } from '../../contract/order-event.ts';
import { readLines } from '../../publisher/index.ts';
import { makeOwnFolder, removeFolder } from '../system/folders.ts';
import { atStop } from '../system/teardown.ts';

/** Events that can be read again and again, so that nothing has to hold them all. */
export interface Events {
  /** The lines that hold the events, from 1. */
  readonly lines: readonly number[];
  /** The raw lines up to the last of the events, blank ones included. */
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
 * @param file Its path, or `-` for standard input, which is kept in a file of this run since it can be read once only.
 * @throws InvalidInputError naming file, line and field of an event that is not valid, and for no events at all.
 */
export async function openEvents(file: string, limit: number): Promise<Events> {
  const name = file === '-' ? 'standard input' : file;
  const path = file === '-' ? await spool(limit) : file;
  const lines: number[] = [];
  const text = () => firstLines(path, limit);
  const parsed = () => parseLines(text(), name);
  for await (const { line } of parsed()) lines.push(line);
  if (lines.length === 0 && limit > 0) throw new InvalidInputError(`${name} holds no events`);
  return { lines, text, parsed };
}

async function spool(limit: number): Promise<string> {
  const folder = await makeOwnFolder('runs');
  atStop(() => removeFolder(folder));
  const path = join(folder, 'events.ndjson');
  const lines = async function* () {
    for await (const line of firstLines('-', limit)) yield `${line}\n`;
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
    return parseOrderEvent(text);
  } catch (cause) {
    throw new InvalidInputError(`${place}: ${(cause as Error).message}`, { cause });
  }
}
