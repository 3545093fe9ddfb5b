import { join } from 'node:path';
import { AnsweringProcess } from '../measure/answering-process.ts';
import { bundle } from '../measure/bundle.ts';
import { temporaryFolder } from '../measure/temporary-folder.ts';
import type { Arrived } from './arrivals.ts';
import type { Published, Publishing } from './publisher-process.ts';
import type { Behaviour, SnsAnswer } from './sns-process.ts';
import type { WayName } from './ways.ts';

/** Latency of a request to SNS in ms, 5 on average. */
const latency = { least: 3, most: 7 };

const file = (name: string) => join(import.meta.dirname, name);

export interface Trial extends Publishing {
  /** Share of entries that SNS refuses temporarily. */
  readonly refuses: number;
}

/** The result of one trial. */
export interface Tried extends Published, Arrived {
  readonly events: number;
}

/** A fake SNS and publishers, each in its own process, so that memory and CPU times are separate. */
export class Lab {
  readonly #folder = temporaryFolder('publishers');
  /** Plain JavaScript, like an installed package. A TypeScript loader would add to the publisher's memory. */
  readonly #publisherFile = bundle(
    file('publisher-process.ts'),
    join(this.#folder.path, 'publisher.mjs'),
  ).file;
  readonly #sns = new AnsweringProcess<Behaviour, SnsAnswer>({ file: file('sns-process.ts') });
  readonly #publishers: AnsweringProcess<Publishing, Published>[] = [];

  /**
   * @param flags Flags for Node.
   * @returns A function that publishes once. It throws an error if an event is lost or sent twice.
   */
  async startPublisher(
    way: WayName,
    flags: readonly string[] = [],
  ): Promise<(trial: Trial) => Promise<Tried>> {
    const { endpoint } = await this.#behave(0);
    const publisher = new AnsweringProcess<Publishing, Published>({
      file: this.#publisherFile,
      args: [way],
      environment: {
        AWS_ENDPOINT_URL: endpoint,
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: 'bench',
        AWS_SECRET_ACCESS_KEY: 'bench',
      },
      flags,
    });
    this.#publishers.push(publisher);
    return async ({ refuses, events, groups }) => {
      await this.#behave(refuses);
      const published = await publisher.ask({ events, groups });
      const { arrived } = await this.#behave(0);
      if (arrived.accepted !== events) {
        throw new Error(`${way}: the topic accepted ${arrived.accepted} entries for ${events} events`);
      }
      return { ...published, ...arrived, events };
    };
  }

  stop(): void {
    for (const publisher of this.#publishers) publisher.stop();
    this.#sns.stop();
    this.#folder.remove();
  }

  #behave(refuses: number): Promise<SnsAnswer> {
    return this.#sns.ask({ latency, refuses });
  }
}
