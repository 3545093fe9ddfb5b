import { ConfigurationError } from '../../contract/errors.ts';
import { truncate } from '../../contract/truncate.ts';
import { localstack } from '../localstack/localstack.ts';
import { ministack } from '../ministack/ministack.ts';
import type { Emulator } from './emulator.ts';

export const emulatorNames = ['ministack', 'localstack'] as const;
export type EmulatorName = (typeof emulatorNames)[number];

/** The emulators that this project knows. The first one is used by default. */
export const emulators: Readonly<Record<EmulatorName, Emulator>> = { ministack, localstack };

/**
 * Returns the emulator that an option or a variable chooses.
 *
 * @param value Its value. Unset or empty chooses MiniStack.
 * @param option Name of the option or variable, for errors.
 * @throws ConfigurationError for any other name
 */
export function chosenEmulator(value: string | undefined, option: string): EmulatorName {
  const chosen = !value ? emulatorNames[0] : emulatorNames.find((name) => name === value);
  if (chosen !== undefined) return chosen;
  throw new ConfigurationError(
    `${option} is "${truncate(value ?? '')}": it takes one of ${emulatorNames.join(', ')}`,
  );
}

/** The emulator that answers at an endpoint; `undefined` if it is none that this project knows. */
export async function emulatorAt(url: string): Promise<Emulator | undefined> {
  const known = Object.values(emulators);
  const answers = await Promise.all(known.map((emulator) => emulator.answersAt(url)));
  return known.find((_, index) => answers[index]);
}
