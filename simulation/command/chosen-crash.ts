import { ConfigurationError } from '../../contract/errors.ts';
import { truncate } from '../../contract/truncate.ts';
import { type Options, readArguments, usageOf } from '../../system/arguments.ts';
import { consumerNames } from '../actors/parts.ts';
import { type SmallScenario, smallScenarios } from '../crashes/scenarios.ts';

const table: Options = { help: { value: '', help: 'print this' } };

export const usage = usageOf('npm run simulate:crashes -- [CONSUMER NAME [POINT,...]]', table);

/** One run of a scenario in which processes die at these points. */
export interface ChosenCrash {
  readonly scenario: SmallScenario;
  readonly points: readonly number[];
}

/**
 * The arguments of `npm run simulate:crashes`.
 * @returns `help` if the user asks for it; no crash if all are to be tried.
 * @throws ConfigurationError that names the invalid argument.
 */
export function readCrash(args: readonly string[]): { readonly chosen?: ChosenCrash } | 'help' {
  const { values, words } = readArguments(args, table, usage, { takesWords: true });
  if (values.help === true) return 'help';
  const [consumer, name = '', points, surplus] = words;
  if (consumer === undefined) return {};
  if (surplus !== undefined) {
    throw new ConfigurationError(`"${truncate(surplus)}" is one argument too many: put the name into quotes`);
  }
  return { chosen: { scenario: scenarioOf(consumer, name), points: pointsOf(points) } };
}

function scenarioOf(consumer: string, name: string): SmallScenario {
  const ofConsumer = smallScenarios(consumerNames).filter((one) => one.consumer === consumer);
  if (ofConsumer.length === 0) {
    const message = `"${truncate(consumer)}" is no consumer: take one of ${consumerNames.join(', ')}`;
    throw new ConfigurationError(message);
  }
  const found = ofConsumer.find((one) => one.name === name);
  if (found !== undefined) return found;
  const names = ofConsumer.map((one) => `"${one.name}"`).join(', ');
  throw new ConfigurationError(`"${truncate(name)}" is no scenario of ${consumer}: take one of ${names}`);
}

function pointsOf(points: string | undefined): number[] {
  if (points === undefined) return [];
  if (/^\d{1,15}(,\d{1,15})*$/.test(points)) return points.split(',').map(Number);
  throw new ConfigurationError(
    `"${truncate(points)}" is no list of points: it takes whole numbers from 0, with commas between them`,
  );
}
