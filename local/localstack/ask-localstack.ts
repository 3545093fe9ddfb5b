/** Longest answer of a page, in ms. LocalStack answers late while it loads a service on a busy machine. */
const answerMs = 10_000;

/** LocalStack's health page; `undefined` if an endpoint has no such page. */
export async function askHealth(url: string): Promise<{ readonly edition?: unknown } | undefined> {
  return await ask(url, 'health');
}

/** LocalStack's page about itself; `undefined` if an endpoint has no such page. */
export async function askInfo(url: string): Promise<{ readonly is_docker?: unknown } | undefined> {
  return await ask(url, 'info');
}

async function ask(url: string, page: string): Promise<object | undefined> {
  try {
    const signal = AbortSignal.timeout(answerMs);
    const response = await fetch(new URL(`/_localstack/${page}`, url), { signal });
    return response.ok ? ((await response.json()) as object) : undefined;
  } catch {
    return undefined;
  }
}
