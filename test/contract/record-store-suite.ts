import type { Case, StoreUnderTest } from './subject.ts';
import { recordStoreCases } from './suite.ts';

/** Maximum duration of a case, in ms. The slowest one takes some seconds, and ten times as long on a busy machine. */
const timeout = 600_000;

/**
 * Declares the cases as Jest tests. Cases that need a capability that the store does not have are left out.
 *
 * @param gaps Names of the cases in which an emulator is known to differ from DynamoDB. They are skipped.
 * @throws Error if a gap is not the name of a case.
 */
export function testRecordStore(
  capabilities: Pick<StoreUnderTest, 'serverTime' | 'keepsExpired'> & { readonly effects: boolean },
  subject: () => StoreUnderTest,
  gaps: ReadonlySet<string> = new Set(),
): void {
  const shape = { ...capabilities, effects: capabilities.effects ? {} : undefined } as StoreUnderTest;
  const names = new Set(recordStoreCases.map(({ name }) => name));
  for (const gap of gaps) if (!names.has(gap)) throw new Error(`No case has the name "${gap}"`);
  for (const { name, needs, run } of recordStoreCases) {
    if (needs?.(shape) === false) continue;
    if (gaps.has(name)) test.skip(`${name} (the emulator differs from DynamoDB)`, () => {});
    else test(name, () => run(subject()), timeout);
  }
}

/** The names of the cases that fail, for tests that the suite detects a broken store. */
export async function failingCases(subject: StoreUnderTest): Promise<string[]> {
  return await failuresOf(casesFor(subject), subject);
}

/** Number of cases that run at once: enough to overlap, and few enough to finish soon. */
const atOnce = 30;

/** The failing cases of the first batch that has any. They are usually found long before all cases have run. */
export async function someFailingCases(subject: StoreUnderTest): Promise<string[]> {
  const cases = casesFor(subject);
  for (let begin = 0; begin < cases.length; begin += atOnce) {
    const failures = await failuresOf(cases.slice(begin, begin + atOnce), subject);
    if (failures.length > 0) return failures;
  }
  return [];
}

/** The first case that fails. It does not wait for the others, some of which wait for real time. */
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
