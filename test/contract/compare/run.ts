import { command } from '../../../system/command.ts';
import { startDynamoDbLocal } from '../servers/dynamodb-local.ts';
import { type CompareOptions, compareStores } from './compare.ts';
import { readCompare, usage } from './options.ts';

await command(process.argv.slice(2), readCompare, usage, compare);

async function compare(options: CompareOptions): Promise<boolean> {
  const server = await startDynamoDbLocal();
  try {
    process.stdout.write(`${options.runs} random transactions, seed ${options.seed}\n`);
    const begun = performance.now();
    const { difference, answers } = await compareStores(server.connect(), options);
    const seconds = Math.round((performance.now() - begun) / 1000);
    const counts = Object.entries(answers).map(([kind, count]) => `${count} ${kind}`);
    process.stdout.write(`${difference ?? 'no difference'}\n${counts.join(', ')}, in ${seconds} s\n`);
    return difference === undefined;
  } finally {
    await server.stop();
  }
}
