export type { ClientConfig } from './endpoint/client-config.ts';
export type { EmulatorName } from './endpoint/emulators.ts';
export { type RunningStack, type StartLocalOptions, startLocal } from './start-local.ts';
