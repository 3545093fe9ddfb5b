import { createReadStream } from 'node:fs';
import { link, open, rm, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import * as v from 'valibot';
import { ConfigurationError } from '../../contract/errors.ts';
import { truncate } from '../../contract/truncate.ts';
import type { PlannedLetter } from './select-letters.ts';

const header = v.object({
  plan: v.literal('order-once/redrive'),
  version: v.literal(1),
  id: v.pipe(v.string(), v.uuid()),
  /** ISO time. */
  made: v.string(),
  stack: v.string(),
  consumer: v.string(),
  /** ARNs, and the digest of the function's code: `apply` refuses a plan if one of them has changed. */
  queue: v.string(),
  deadLetterQueue: v.string(),
  records: v.string(),
  function: v.string(),
  code: v.string(),
  letters: v.pipe(v.number(), v.safeInteger()),
});

/** What a plan belongs to. */
export type PlanHeader = v.InferOutput<typeof header>;

const planned = v.object({
  letter: v.string(),
  record: v.string(),
  code: v.string(),
  reason: v.optional(v.string()),
  messageGroup: v.string(),
  since: v.number(),
  subject: v.optional(v.string()),
  source: v.optional(v.string()),
  eventId: v.optional(v.string()),
  act: v.picklist(['send', 'send-as-new', 'defer']),
});

export interface Plan extends PlanHeader {
  readonly all: ReadonlyMap<string, PlannedLetter>;
}

/** Writes a plan: a line for what it belongs to, and a line for each letter. The file is complete, or it is not there.
 * @throws ConfigurationError if the file exists. */
export async function writePlan(
  path: string,
  head: PlanHeader,
  letters: Iterable<PlannedLetter>,
): Promise<void> {
  const temporary = `${path}.${head.id}.tmp`;
  const file = await open(temporary, 'wx');
  try {
    const lines = (function* () {
      yield `${JSON.stringify(head)}\n`;
      for (const letter of letters) yield `${JSON.stringify(letter)}\n`;
    })();
    await writeFile(file, lines);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    // A link, because a rename would replace a plan that was applied in part.
    await link(temporary, path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    throw new ConfigurationError(
      `${path} exists: give another file with --out, or delete it once it was applied`,
      { cause },
    );
  } finally {
    await rm(temporary);
  }
}

/** @throws ConfigurationError if the file is no plan, or not a whole one. */
export async function readPlan(path: string): Promise<Plan> {
  let head: PlanHeader | undefined;
  const all = new Map<string, PlannedLetter>();
  try {
    for await (const line of createInterface({
      input: createReadStream(path),
      crlfDelay: Number.POSITIVE_INFINITY,
    })) {
      if (line === '') continue;
      const value: unknown = JSON.parse(line);
      if (head === undefined) head = v.parse(header, value);
      else {
        const letter = v.parse(planned, value) as PlannedLetter;
        all.set(letter.letter, letter);
      }
    }
  } catch (cause) {
    throw new ConfigurationError(
      `${path} is no plan: ${truncate((cause as Error).message, 200)}. Make one with dlq plan`,
      {
        cause,
      },
    );
  }
  if (head === undefined || head.letters !== all.size) {
    throw new ConfigurationError(
      `${path} is not a whole plan: it has ${all.size} of ${head?.letters ?? 'an unknown number of'} letters. Make one with dlq plan`,
    );
  }
  return { ...head, all };
}
