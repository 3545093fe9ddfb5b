import type { VirtualProcess } from '../world/virtual-process.ts';
import type { World } from '../world/world.ts';

/** A process of a function, which serves one invocation after the other. */
export interface Environment<Handle> {
  readonly process: VirtualProcess;
  readonly handle: Handle;
  busy: boolean;
}

/** The part of Lambda's context that the runtime reads. */
export interface InvocationContext {
  getRemainingTimeInMillis(): number;
}

export interface EnvironmentsOptions<Handle> {
  /** Starts another process of the function. */
  readonly start: (ordinal: number) => Environment<Handle>;
  /** Timeout of the function, in ms. */
  readonly timeout: () => number;
  /** Called for each process that is frozen after its invocation. */
  readonly onReturn: (process: VirtualProcess) => void;
}

/** How long a resumed process continues after Lambda has given it up, in ms. */
const afterlife = 60_000;

/**
 * The processes of a Lambda function. They are frozen between invocations, resumed for the next one, and ended by
 * timeouts.
 */
export class Environments<Handle> {
  readonly #world: World;
  readonly #options: EnvironmentsOptions<Handle>;
  readonly #environments = new Set<Environment<Handle>>();
  #started = 0;

  constructor(world: World, options: EnvironmentsOptions<Handle>) {
    this.#world = world;
    this.#options = options;
  }

  /** A deployment: later invocations use new processes. Running invocations continue in the old ones. */
  redeploy(): void {
    for (const environment of this.#environments) {
      this.#environments.delete(environment);
      if (!environment.busy) environment.process.end('is replaced by a deployment');
    }
  }

  /**
   * Runs one invocation, in an idle process or in a new one.
   * @param closed Called once with the result, or with `undefined` if the invocation failed, timed out or lost its
   *   process.
   */
  invoke<Answer>(
    text: string,
    run: (handle: Handle, context: InvocationContext, process: VirtualProcess) => Promise<Answer>,
    closed: (answer: Answer | undefined) => void,
  ): void {
    const { scheduler } = this.#world;
    const environment = this.#idle() ?? this.#start();
    const { process } = environment;
    environment.busy = true;
    this.#world.note(process.name, text);
    process.thaw();
    const end = this.#world.now + this.#options.timeout();
    let open = true;
    const close = (answer: Answer | undefined) => {
      if (!open) return;
      open = false;
      timeout.cancelled = true;
      environment.busy = false;
      closed(answer);
    };
    const timeout = scheduler.at(end, () => {
      if (!open) return;
      this.#world.faults.count('invocation timeout');
      this.#timeOut(environment);
      close(undefined);
    });
    process.onEnd = () => {
      this.#environments.delete(environment);
      close(undefined);
    };
    const returned = (answer: Answer | undefined) => {
      if (!open || !process.isAlive) return;
      this.#options.onReturn(process);
      if (this.#environments.has(environment)) process.freeze();
      else process.end('is replaced by a deployment');
      close(answer);
    };
    const context = { getRemainingTimeInMillis: () => end - this.#world.now };
    run(environment.handle, context, process).then(returned, (error: Error) => {
      this.#world.note(process.name, `rejects: ${error.message}`);
      returned(undefined);
    });
  }

  /** Lambda ends the process. A frozen process may still continue later, like a delayed request. */
  #timeOut(environment: Environment<Handle>): void {
    const { process } = environment;
    this.#environments.delete(environment);
    if (!process.isStalled) {
      process.end('is timed out');
      return;
    }
    this.#world.note(process.name, 'is past its time, and stands still');
    this.#world.faults.count('owner past its lease');
    process.excuseAll();
    process.onEnd = () => {};
    const haunt = () => {
      if (process.isStalled) this.#world.scheduler.after(1000, haunt);
      else this.#world.scheduler.after(afterlife, () => process.end('is ended at last'));
    };
    haunt();
  }

  #idle(): Environment<Handle> | undefined {
    const idle = [...this.#environments].filter(({ busy }) => !busy);
    return idle.length === 0 ? undefined : this.#world.chance.pick(idle);
  }

  #start(): Environment<Handle> {
    this.#started += 1;
    const environment = this.#options.start(this.#started);
    this.#environments.add(environment);
    return environment;
  }
}
