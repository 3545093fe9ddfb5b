import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildSync } from 'esbuild';

/**
 * Size and load time of the fulfilment function's bundle beside that of a bare DynamoDB client, each loaded in a
 * new process, in turn. `npm run bench:load [-- RUNS]`, 15 by default.
 */
const runs = Number(process.argv[2] ?? 15);
const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'order-once-load-'));

const bare = join(folder, 'bare.ts');
writeFileSync(
  bare,
  "import { DynamoDBClient } from '@aws-sdk/client-dynamodb';\nexport const handler = new DynamoDBClient({});\n",
);

const subjects = [
  { name: 'fulfilment', entry: join(root, 'lambda/fulfilment.ts') },
  { name: 'bare DynamoDB client', entry: bare },
].map(({ name, entry }, index) => {
  const bundle = join(folder, `${index}.mjs`);
  buildSync({
    entryPoints: [entry],
    outfile: bundle,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    mainFields: ['module', 'main'],
    nodePaths: [join(root, 'node_modules')],
    banner: {
      js: "import { createRequire } from 'node:module';const require = createRequire(import.meta.url);",
    },
  });
  return { name, bundle, times: [] as number[] };
});

try {
  for (let run = 0; run <= runs; run++) {
    for (const { bundle, times } of subjects) {
      const time = load(bundle);
      // The first run fills the file cache.
      if (run > 0) times.push(time);
    }
  }
  const [ours, theirs] = subjects.map(({ name, bundle, times }) => {
    const sorted = times.toSorted((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
    const size = statSync(bundle).size / 1024;
    const spread = `${sorted[0]?.toFixed(1)} to ${sorted.at(-1)?.toFixed(1)}`;
    print(
      `${name.padEnd(22)}${size.toFixed(0).padStart(6)} KiB ${median.toFixed(1).padStart(8)} ms  (${spread})`,
    );
    return median;
  });
  print(
    `fulfilment / bare: ${((ours ?? 0) / (theirs ?? 1)).toFixed(2)} in load time, medians of ${runs} runs`,
  );
} finally {
  rmSync(folder, { recursive: true });
}

function load(bundle: string): number {
  const script = `const begin = performance.now();
    await import(${JSON.stringify(pathToFileURL(bundle).href)});
    process.stdout.write(String(performance.now() - begin));`;
  const environment = {
    AWS_REGION: 'us-east-1',
    RECORDS_TABLE_NAME: 'records',
    RECORD_TTL_SECONDS: '3888000',
    QUEUE_URL: 'https://localhost/queue',
    VISIBILITY_TIMEOUT_SECONDS: '180',
    QUEUE_RETENTION_SECONDS: '345600',
    MAX_RECEIVE_COUNT: '1000',
    ON_POISON: 'quarantine',
    DEAD_LETTER_QUEUE_URL: 'https://localhost/queue',
    ORDERS_TABLE_NAME: 'orders',
    LEDGER_TABLE_NAME: 'ledger',
    CUSTOMERS_TABLE_NAME: 'customers',
  };
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], { env: environment });
  return Number(output.toString());
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
