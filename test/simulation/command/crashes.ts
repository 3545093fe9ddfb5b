import { consumerNames } from '../actors/parts.ts';
import { crash, explore } from '../crashes/explore.ts';
import { smallScenarios } from '../crashes/scenarios.ts';

/** Tries every crash and every pair of crashes in each small scenario; `CONSUMER NAME POINT,...` plays one of them. */
const [consumer, name, at] = process.argv.slice(2);
const scenarios = smallScenarios(consumerNames);
if (consumer !== undefined) {
  const chosen = scenarios.find((one) => one.consumer === consumer && one.name === name);
  if (chosen === undefined) throw new Error(`There is no scenario "${name}" of ${consumer}`);
  const points = (at ?? '').split(',').filter(Boolean).map(Number);
  const { lines = [] } = await crash(chosen.plan, points, true);
  process.stdout.write(`${lines.join('\n')}\n`);
} else {
  let failed = 0;
  process.stdout.write('| consumer | scenario | crash points | pairs | failures |\n|---|---|--:|--:|--:|\n');
  for (const { consumer, name, plan } of scenarios) {
    const { points, pairs, failures } = await explore(plan);
    failed += failures.length;
    process.stdout.write(`| ${consumer} | ${name} | ${points} | ${pairs} | ${failures.length} |\n`);
    for (const { at, violations } of failures.slice(0, 2)) {
      process.stderr.write(`${consumer} "${name}" ${at.join(',')}: ${violations.join('; ')}\n`);
    }
  }
  process.exitCode = failed === 0 ? 0 : 1;
}
