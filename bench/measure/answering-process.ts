import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { basename } from 'node:path';
import { sourceLoader } from '../../system/source-loader.ts';

export interface ProcessOptions {
  /** Path of a module that calls `answer`. */
  readonly file: string;
  readonly args?: readonly string[];
  /** All environment variables of the process. @default - none */
  readonly environment?: Readonly<Record<string, string>>;
  /** Flags for Node. @default - none */
  readonly flags?: readonly string[];
}

/** A process that answers one question at a time. Its standard output is dropped. */
export class AnsweringProcess<Question, Answer> {
  readonly #child: ChildProcess;
  readonly #name: string;

  constructor({ file, args = [], environment = {}, flags = [] }: ProcessOptions) {
    this.#name = [basename(file), ...args].join(' ');
    this.#child = fork(file, args, {
      env: environment,
      execArgv: [...(file.endsWith('.ts') ? sourceLoader : []), ...flags],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
  }

  /** @throws Error if the process ends before it answers. */
  async ask(question: Question): Promise<Answer> {
    const settled = new AbortController();
    const { signal } = settled;
    const ended = once(this.#child, 'exit', { signal }).then(([code, ending]) => {
      throw new Error(`${this.#name} ended with ${ending ?? code}`);
    });
    this.#child.send(question as object);
    try {
      const [answer] = await Promise.race([once(this.#child, 'message', { signal }), ended]);
      return answer as Answer;
    } finally {
      settled.abort();
    }
  }

  stop(): void {
    if (this.#child.connected) this.#child.disconnect();
  }
}

/** Answers the questions of an `AnsweringProcess`. Called in that process, which ends with its parent. */
export function answer<Question, Answer>(handle: (question: Question) => Answer | Promise<Answer>): void {
  process.on('message', async (question) => process.send?.(await handle(question as Question)));
  process.on('disconnect', () => process.exit());
}
