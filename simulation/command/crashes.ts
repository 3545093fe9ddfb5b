import { command } from '../../system/command.ts';
import { consumerNames } from '../actors/parts.ts';
import { crash, explore } from '../crashes/explore.ts';
import { smallScenarios } from '../crashes/scenarios.ts';
import { type ChosenCrash, readCrash, usage } from './chosen-crash.ts';

/** Tries every crash and every pair of crashes in each small scenario, or replays one of them. */
await command(process.argv.slice(2), readCrash, usage, async ({ chosen }) => {
  return await (chosen === undefined ? exploreAll() : play(chosen));
});

async function play({ scenario, points }: ChosenCrash): Promise<boolean> {
  const { lines = [], violations } = await crash(scenario.plan, points, true);
  process.stdout.write(`${lines.join('\n')}\n`);
  return violations.length === 0;
}

async function exploreAll(): Promise<boolean> {
  let failed = 0;
  process.stdout.write('| consumer | scenario | crash points | pairs | failures |\n|---|---|--:|--:|--:|\n');
  for (const { consumer, name, plan } of smallScenarios(consumerNames)) {
    const { points, pairs, failures } = await explore(plan);
    failed += failures.length;
    process.stdout.write(`| ${consumer} | ${name} | ${points} | ${pairs} | ${failures.length} |\n`);
    for (const { at, violations } of failures.slice(0, 2)) {
      process.stderr.write(`${consumer} "${name}" ${at.join(',')}: ${violations.join('; ')}\n`);
    }
  }
  return failed === 0;
}
