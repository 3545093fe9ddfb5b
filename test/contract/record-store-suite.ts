import type { Case, StoreUnderTest } from './subject.ts';
import { recordStoreCases } from './suite.ts';

/** In ms: ends a case that hangs. The slowest one needs some seconds, and a busy machine ten times as many. */
const timeout = 600_000;

/**
 * Declares the cases as Jest tests. What a store cannot show by its nature is left out, not skipped.
 * @param gaps The names of cases in which an emulator is known to differ from DynamoDB: skipped by name.
 */
export function testRecordStore(
  capabilities: Pick<StoreUnderTest, 'serverTime' | 'keepsExpired'> & { readonly effects: boolean },
  subject: () => StoreUnderTest,
  gaps: ReadonlySet<string> = new Set(),
): void {
  const shape = { ...capabilities, effects: capabilities.effects ? {} : undefined } as StoreUnderTest;
  for (const { name, needs, run } of recordStoreCases) {
    if (needs?.(shape) === false) continue;
    if (gaps.has(name)) test.skip(`${name} (the emulator differs from DynamoDB)`, () => {});
    else test(name, () => run(subject()), timeout);
  }
}

/** The names of the cases that fail, for proofs that the suite sees what is broken. */
export async function failingCases(subject: StoreUnderTest): Promise<string[]> {
  return await failuresOf(casesFor(subject), subject);
}

/** How many cases are looked at before it is asked whether one failed: few enough to be soon done, enough to overlap. */
const atOnce = 30;

/** Some of the cases that fail, which are enough for such a proof and mostly found long before all have run. */
export async function someFailingCases(subject: StoreUnderTest): Promise<string[]> {
  const cases = casesFor(subject);
  for (let begin = 0; begin < cases.length; begin += atOnce) {
    const failures = await failuresOf(cases.slice(begin, begin + atOnce), subject);
    if (failures.length > 0) return failures;
  }
  return [];
}

/** The first case that fails, without waiting for the others, in some of which real time passes. */
export async function firstFailure(subject: StoreUnderTest): Promise<string | undefined> {
  const failures = casesFor(subject).map(async ({ name, run }) => {
    const failed = await run(subject).then(
      () => false,
      () => true,
    );
    return failed ? name : Promise.reject();
  });
  return await Promise.any(failures).catch(() => undefined);
}

function casesFor(subject: StoreUnderTest): readonly Case[] {
  return recordStoreCases.filter(({ needs }) => needs?.(subject) !== false);
}

async function failuresOf(cases: readonly Case[], subject: StoreUnderTest): Promise<string[]> {
  const outcomes = await Promise.allSettled(
    cases.map(async ({ name, run }) => await run(subject).catch(() => Promise.reject(name))),
  );
  return outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [String(outcome.reason)] : []));
}
