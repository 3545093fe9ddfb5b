import { localstack } from '../localstack/localstack.ts';
import { ministack } from '../ministack/ministack.ts';
import type { Emulator } from './emulator.ts';

export const emulatorNames = ['ministack', 'localstack'] as const;
export type EmulatorName = (typeof emulatorNames)[number];

/** The emulators that this project knows. The first one is used by default. */
export const emulators: Readonly<Record<EmulatorName, Emulator>> = { ministack, localstack };

/** The emulator that answers at an endpoint; `undefined` if it is none that this project knows. */
export async function emulatorAt(url: string): Promise<Emulator | undefined> {
  const known = Object.values(emulators);
  const answers = await Promise.all(known.map((emulator) => emulator.answersAt(url)));
  return known.find((_, index) => answers[index]);
}
