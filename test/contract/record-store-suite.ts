import type { StoreUnderTest } from './subject.ts';
import { recordStoreCases } from './suite.ts';

/** In ms: real time passes in some cases, and the more of it the busier the machine is. */
const timeout = 60_000;

/** Declares the cases as Jest tests. What a store cannot show by its nature is left out, not skipped. */
export function testRecordStore(
  capabilities: Pick<StoreUnderTest, 'serverTime' | 'keepsExpired'> & { readonly effects: boolean },
  subject: () => StoreUnderTest,
): void {
  const shape = { ...capabilities, effects: capabilities.effects ? {} : undefined } as StoreUnderTest;
  for (const { name, needs, run } of recordStoreCases) {
    if (needs?.(shape) === false) continue;
    test(name, () => run(subject()), timeout);
  }
}

/** The names of the cases that fail, for proofs that the suite sees what is broken. */
export async function failingCases(subject: StoreUnderTest): Promise<string[]> {
  const outcomes = await Promise.allSettled(
    recordStoreCases
      .filter(({ needs }) => needs?.(subject) !== false)
      .map(async ({ name, run }) => await run(subject).catch(() => Promise.reject(name))),
  );
  return outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [String(outcome.reason)] : []));
}

/** The first case that fails, without waiting for the others; `undefined` where none does. */
export async function firstFailure(subject: StoreUnderTest): Promise<string | undefined> {
  const cases = recordStoreCases.filter(({ needs }) => needs?.(subject) !== false);
  const failures = cases.map(async ({ name, run }) => {
    const failed = await run(subject).then(
      () => false,
      () => true,
    );
    return failed ? name : Promise.reject();
  });
  return await Promise.any(failures).catch(() => undefined);
}
