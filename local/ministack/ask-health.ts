/** Longest answer of the page, in ms. */
const answerMs = 2_000;

/** What MiniStack's health page says; `undefined` if there is no such page. */
export async function askHealth(url: string): Promise<{ readonly edition?: unknown } | undefined> {
  try {
    const response = await fetch(new URL('/_ministack/health', url), {
      signal: AbortSignal.timeout(answerMs),
    });
    return response.ok ? ((await response.json()) as { edition?: unknown }) : undefined;
  } catch {
    return undefined;
  }
}
