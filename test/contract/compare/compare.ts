import assert from 'node:assert/strict';
import { types } from 'node:util';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { convertToAttr } from '@aws-sdk/util-dynamodb';
import * as fc from 'fast-check';
import type { Effect } from '../../../runtime/handler/effects/index.ts';
import type { CommitAnswer } from '../../../runtime/ports/record-store.ts';
import type { Item as StoredItem } from '../../support/dynamodb/item.ts';
import { keptItem, sizeOf } from '../../support/dynamodb/values.ts';
import { canonical } from './canonical.ts';
import {
  type Compared,
  commit,
  inMemory,
  isTakenUnchecked,
  onDynamoDbLocal,
  onMemoryDynamoDb,
  type TableKey,
} from './stores.ts';
import { effectsOf, type Run, runs, tableKeys } from './transactions.ts';

export interface CompareOptions {
  readonly runs: number;
  readonly seed: number;
  /** Where a failed run ended, as it said itself: only that transaction is tried. */
  readonly path?: string;
}

export interface CompareResult {
  /** The first difference, with the smallest transaction that shows it; `undefined` where there is none. */
  readonly difference: string | undefined;
  /** How many transactions ended so, those before shrinking alone. */
  readonly answers: Readonly<Record<string, number>>;
}

/**
 * Commits random transactions to the store in memory, to the DynamoDB store on DynamoDB in memory, and to the DynamoDB
 * store on DynamoDB Local. All of them must answer alike and hold the same items afterwards. What the rules of the runtime
 * refuse, DynamoDB Local must refuse too.
 */
export async function compareStores(
  client: DynamoDBClient,
  { runs: numRuns, seed, path }: CompareOptions,
): Promise<CompareResult> {
  const local = await onDynamoDbLocal(client);
  const stores = [local, onMemoryDynamoDb(), inMemory()];
  const answers: Record<string, number> = {};
  let count = 0;
  const property = fc.asyncProperty(runs(), async (run) => {
    count += 1;
    const kind = await compareRun(stores, client, run, `${seed}-${count}`);
    answers[kind] = (answers[kind] ?? 0) + 1;
  });
  const result = await fc.check(property, { numRuns, seed, ...(path !== undefined && { path }) });
  if (!result.failed) return { difference: undefined, answers };
  const again = `npm run compare:stores -- --seed ${result.seed} --path ${result.counterexamplePath}`;
  return { difference: `${shown(result.counterexample)}\n${result.errorInstance}\nAgain: ${again}`, answers };
}

async function compareRun(
  stores: readonly Compared[],
  client: DynamoDBClient,
  run: Run,
  id: string,
): Promise<string> {
  const given = effectsOf(run.given, id, filled);
  const effects = effectsOf(run.effects, id, filled);
  await compareCommit(stores, given, id);
  const answer = await compareCommit(stores, effects, id);
  if (
    answer.kind === 'refused' &&
    !effects.some(isRefusedOnPurpose) &&
    !/ for its version /.test(answer.reason)
  ) {
    assert.ok(
      !(await isTakenUnchecked(client, effects)),
      `DynamoDB Local takes it unchecked: ${answer.reason}`,
    );
  }
  return answer.kind;
}

async function compareCommit(
  stores: readonly Compared[],
  effects: readonly Effect[],
  id: string,
): Promise<CommitAnswer> {
  const outcomes = await Promise.all(
    stores.map(async ({ name, store, read }) => {
      const answer = await commit(store, effects);
      const items = await read(allKeys(id));
      return { name, answer, told: told(answer), items: items.map((item) => item && canonical(item)) };
    }),
  );
  const [first, ...others] = outcomes;
  assert.ok(first);
  for (const other of others) {
    const say: string = `${first.name}: ${reasonOf(first.answer)}; ${other.name}: ${reasonOf(other.answer)}`;
    assert.deepEqual(other.told, first.told, say);
    assert.deepEqual(other.items, first.items, `${first.name} and ${other.name} hold other items`);
  }
  return first.answer;
}

/** An answer without its wording. */
function told(answer: CommitAnswer): unknown {
  return answer.kind === 'stale' ? answer : answer.kind;
}

function reasonOf(answer: CommitAnswer): string {
  return answer.kind === 'refused' ? answer.reason : answer.kind;
}

function allKeys(id: string): TableKey[] {
  const firsts = ['a', 'b'].map((own) => `${id}:${own}`);
  const seconds = ['1', '2'].map((own) => `${id}:${own}`);
  return [
    ...firsts.flatMap((own) => [
      { table: 'orders', key: { [tableKeys.orders[0]]: own } },
      { table: 'ledger', key: { [tableKeys.ledger[0]]: own } },
    ]),
    ...firsts.flatMap((order) => seconds.map((line) => ({ table: 'lines', key: { order, line } }))),
  ];
}

/**
 * With a text that leaves so many bytes of 400 KB; where the item has a size at all. DynamoDB Local counts half of a
 * character as one byte, and nobody knows what DynamoDB counts.
 */
function filled(item: object, toLimit: number): object {
  try {
    const { M } = convertToAttr(item as never, { removeUndefinedValues: true, allowImpreciseNumbers: true });
    const text = JSON.stringify(M, asOnWire);
    if (/\\ud[89a-f]/.test(text)) return item;
    const wire = JSON.parse(text) as StoredItem;
    const left = 400 * 1024 - toLimit - sizeOf(keptItem(wire)) - 'filler'.length;
    return { ...item, filler: 'x'.repeat(Math.max(0, left)) };
  } catch {
    return item;
  }
}

function asOnWire(_: string, value: unknown): unknown {
  return ArrayBuffer.isView(value) ? Buffer.from(value.buffer).toString('base64') : value;
}

/**
 * Whether an effect has what DynamoDB takes and the runtime does not: functions and symbols, which the SDK leaves out in
 * silence; sets of more than one type, whose members it changes; the name `__proto__`, which it loses; sets that are added.
 */
function isRefusedOnPurpose(value: unknown): boolean {
  if (typeof value === 'function' || typeof value === 'symbol') return true;
  if (types.isSet(value)) return new Set([...value].map((member) => typeof member)).size > 1;
  if (typeof value !== 'object' || value === null) return false;
  if ('kind' in value && value.kind === 'increment' && 'by' in value) {
    if (Object.values(value.by as object).some((amount) => types.isSet(amount))) return true;
  }
  const entries = types.isMap(value) ? [...value] : Object.entries(value);
  return entries.some(([name, member]) => name === '__proto__' || isRefusedOnPurpose(member));
}

const mostShown = 3_000;

function shown(counterexample: unknown): string {
  const text = fc.stringify(counterexample);
  return text.length > mostShown ? `${text.slice(0, mostShown)}… (${text.length} characters)` : text;
}
