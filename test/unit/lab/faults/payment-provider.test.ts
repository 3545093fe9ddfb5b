import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Provider,
  type ProviderOptions,
  startProvider,
} from '../../../../lab/faults/provider/payment-provider.ts';
import {
  chargeFaultOf,
  type FaultPlan,
  type ProviderMode,
} from '../../../../lab/faults/provider/provider-faults.ts';

const seed = 7;
let folder: string;
let provider: Provider;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'provider-'));
});

afterEach(async () => {
  await provider.close();
  rmSync(folder, { recursive: true });
});

async function start(mode: ProviderMode, options: Partial<ProviderOptions> = {}) {
  provider = await startProvider({
    file: join(folder, 'requests.ndjson'),
    mode,
    seed,
    keyRetentionMs: 60_000,
    ...options,
  });
}

/** A key whose first request is struck so, and whose second is not. */
function keyStruck(mode: ProviderMode, wanted: Partial<FaultPlan>): string {
  for (let n = 0; ; n++) {
    const key = `key-${n}`;
    const struck = Object.entries(wanted).every(
      ([name, value]) => chargeFaultOf(mode, seed, key, 1)[name as keyof FaultPlan] === value,
    );
    if (struck && chargeFaultOf(mode, seed, key, 2).fault === 'none') return key;
  }
}

const charge = { reference: { source: 'urn:shop', id: 'e-1' }, orderId: '1', amount: 15.3, currency: 'GBP' };

async function post(key: string | undefined, body: object = charge, signal?: AbortSignal) {
  const response = await fetch(provider.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key !== undefined && { 'idempotency-key': key }) },
    body: JSON.stringify(body),
    ...(signal && { signal }),
  });
  return { status: response.status, body: await response.json() };
}

const charges = async () => (await provider.requests()).filter(({ charged }) => charged);

describe('a provider without faults', () => {
  beforeEach(() => start('none'));

  it('charges once, and answers the same request with the first answer, with a quoted or a bare key', async () => {
    const first = await post('"k"');
    const second = await post('k');
    expect(first).toEqual({ status: 201, body: expect.objectContaining({ id: 'ch_1', status: 'charged' }) });
    expect(second).toEqual(first);
    expect(await provider.requests()).toEqual([
      {
        at: expect.any(Number),
        key: 'k',
        reference: charge.reference,
        amount: '15.3',
        currency: 'GBP',
        charged: true,
        fault: 'none',
        answer: 201,
        resent: false,
      },
      expect.objectContaining({
        charged: false,
        resent: true,
        cause: 'answered, but its caller ended',
      }),
    ]);
  });

  it('charges a reference again under another key, because only the key counts', async () => {
    await post('"one"');
    await post('"other"');
    expect(await charges()).toHaveLength(2);
  });

  it('refuses requests without a key, without a charge, or with another payload under a used key', async () => {
    expect(await post(undefined)).toMatchObject({ status: 400 });
    expect(await post('""')).toMatchObject({ status: 400 });
    expect(await post('"k"', { ...charge, amount: 0 })).toMatchObject({ status: 400 });
    await post('"k"');
    expect(await post('"k"', { ...charge, amount: 15.4 })).toMatchObject({ status: 422 });
    expect(await charges()).toHaveLength(1);
  });

  it('accepts only POST requests for charges', async () => {
    expect((await fetch(provider.url)).status).toBe(405);
    expect((await fetch(new URL('/refunds', provider.url), { method: 'POST' })).status).toBe(404);
  });
});

describe('a provider that fails', () => {
  it('answers slowly, and refuses a second request while the first one is in progress, without a charge', async () => {
    await start('slow');
    const key = keyStruck('slow', { fault: 'slow' });
    // WHEN two come at once, so that the first has charged and not answered yet
    const answers = await Promise.all([post(key), post(key)]);
    expect(answers.toSorted((a, b) => a.status - b.status)).toMatchObject([
      { status: 201, body: { id: 'ch_1' } },
      { status: 409 },
    ]);
    expect(await post(key)).toMatchObject({ status: 201, body: { id: 'ch_1' } });
    expect(await charges()).toHaveLength(1);
  });

  it.each([true, false])('hangs (charged: %s), and answers the next request', async (charged) => {
    await start('hang');
    const key = keyStruck('hang', { fault: 'hang', charges: charged });
    const caller = new AbortController();
    const waiting = expect(post(key, charge, caller.signal)).rejects.toThrow('aborted');
    while ((await provider.requests()).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    caller.abort();
    await waiting;
    expect(await charges()).toHaveLength(charged ? 1 : 0);
    expect(await post(key)).toMatchObject({ status: 201, body: { id: 'ch_1' } });
    expect(await provider.requests()).toMatchObject([
      { charged, fault: 'hang', answer: 'none', resent: false },
      { charged: !charged, fault: 'none', answer: 201, resent: true, cause: 'hung' },
    ]);
  });

  it('fails before the charge, with 500 or a cut connection', async () => {
    await start('fail-before');
    const [refused, dropped] = (['status 500', 'cut'] as const).map((ending) =>
      keyStruck('fail-before', { fault: 'fail-before', ending }),
    );
    expect(await post(refused)).toMatchObject({ status: 500 });
    await expect(post(dropped)).rejects.toThrow('fetch failed');
    expect(await charges()).toHaveLength(0);
    expect(await post(refused)).toMatchObject({ status: 201 });
    expect((await provider.requests()).at(-1)).toMatchObject({
      charged: true,
      cause: 'failed before charging',
    });
  });

  it('loses answers after the charge, and repeats them for the next request', async () => {
    await start('fail-after');
    const [failed, dropped] = (['status 500', 'cut'] as const).map((ending) =>
      keyStruck('fail-after', { fault: 'fail-after', ending }),
    );
    expect(await post(failed)).toMatchObject({ status: 500 });
    await expect(post(dropped)).rejects.toThrow('fetch failed');
    expect(await charges()).toHaveLength(2);
    expect(await post(failed)).toMatchObject({ status: 201, body: { id: 'ch_1' } });
    expect(await post(dropped)).toMatchObject({ status: 201, body: { id: 'ch_2' } });
    expect(await charges()).toHaveLength(2);
    expect((await provider.requests()).at(-1)).toMatchObject({ resent: true, cause: 'answer lost' });
  });

  it.each([
    ['forget', 2],
    ['fail-after', 1],
  ] as const)('in mode %s makes %i charges of a key that comes again too late', async (mode, count) => {
    await start(mode, { keyRetentionMs: -1 });
    await post('"k"');
    await post('"k"');
    expect(await charges()).toHaveLength(count);
  });

  it('keeps its log, and ends open connections when it is closed', async () => {
    await start('hang');
    const key = keyStruck('hang', { fault: 'hang', charges: true });
    const waiting = expect(post(key)).rejects.toThrow('fetch failed');
    while ((await charges()).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await provider.close();
    await waiting;
    expect(await charges()).toHaveLength(1);
  });
});
