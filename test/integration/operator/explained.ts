import { eventually } from '../support.ts';
import { type Ran, run } from './run-command.ts';

/** Longest answer that a person reads at night, in lines. */
const mostLines = 25;

/** Explains an order at a consumer, once the answer has a finding of this kind. */
export async function explained(
  kind: string,
  consumer: string,
  text: string,
  ...more: string[]
): Promise<Ran> {
  const answer = await eventually(
    () => run('explain', text, '--consumer', consumer, ...more),
    ({ output, code }) => code === 2 || output.includes(`: ${kind}`),
  );
  expect(answer.output).toContain(`: ${kind}`);
  expect(answer.errors).toBe('');
  expect(answer.output.split('\n').length).toBeLessThanOrEqual(mostLines);
  return answer;
}

/** The arguments of the command that an answer shows, without the stack, which `run` adds. */
export function nextOf({ output }: Ran): string[] {
  const line = output.split('\n').find((one) => one.startsWith('npx order-once '));
  const words = line?.match(/'[^']*'|\S+/g) ?? [];
  return words.slice(2, -2).map((word) => word.replaceAll("'", ''));
}

export async function isApplied(consumer: string, text: string): Promise<void> {
  expect(await explained('applied', consumer, text)).toMatchObject({ code: 0 });
}
