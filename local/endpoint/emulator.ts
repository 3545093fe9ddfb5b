import type { Environment } from '../../system/environment.ts';
import type { Ability } from './abilities.ts';
import type { EmulatorPages } from './emulator-pages.ts';

/** An emulator of AWS that this project can start, and whose differences from AWS it knows. */
export interface Emulator {
  /** Name and version, for people. */
  readonly title: string;
  /** Whether this emulator is what answers at an endpoint. */
  answersAt(url: string): Promise<boolean>;
  /**
   * Starts the emulator on the loopback interface, and installs it if necessary. It ends with this process, unless it is
   * released.
   *
   * @throws EndpointError, ToolError if it does not start. Nothing is left running then.
   */
  start(options: StartOptions): Promise<RunningEmulator>;
  /** Whether the functions of the emulator at an endpoint run in containers. @default - they run beside the emulator */
  runsInContainers?(url: string): Promise<boolean>;
  /** What AWS can do, and this emulator cannot. The integration tests show each of them. */
  readonly lacks: readonly Ability[];
  /** Absent if the emulator does not list its mails and messages. */
  readonly pages?: EmulatorPages;
}

export interface StartOptions {
  /** A folder of its own for the emulator's files and its log. */
  readonly folder: string;
  /** Region and credentials for the emulator and its functions, and the PATH. */
  readonly environment: Environment;
  /** Port of the endpoint. @default - a free one */
  readonly port?: number;
  /** Called with the name of each slow step. */
  readonly onStep: (step: string) => void;
}

export interface RunningEmulator {
  readonly url: string;
  readonly pid: number;
  /** Path of the log. */
  readonly log: string;
  /** Rejects if the emulator ends without being stopped. */
  readonly died: Promise<never>;
  stop(): Promise<void>;
  /** Lets the emulator outlive this process. */
  release(): Promise<void>;
}
