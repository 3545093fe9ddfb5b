import type { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { idempotencyKeyTag } from '../../contract/orders/mail.ts';
import type { VirtualProcess } from '../world/virtual-process.ts';
import type { World } from '../world/world.ts';

/** SES without idempotency keys: it sends a mail for every request. */
export class MailSystem {
  /** The keys of the events whose mails were sent, in order. */
  readonly sent: string[] = [];
  /** Called for each sent mail. */
  onMail: (key: string) => void = () => {};
  readonly #world: World;
  readonly #keyOf: (key: string) => string;

  /** @param keyOf The event's idempotency key, by the key that a mail's tag carries. */
  constructor(world: World, keyOf: (key: string) => string) {
    this.#world = world;
    this.#keyOf = keyOf;
  }

  /** The client of a process. */
  seenBy(process: VirtualProcess): Pick<SESv2Client, 'send'> {
    const send = (command: SendEmailCommand, { abortSignal }: { abortSignal: AbortSignal }) =>
      new Promise((resolve, reject) => {
        const key = this.#keyOf(tagOf(command));
        const abort = () => {
          this.#world.excuse(key, 'deadline');
          reject(new Error('Request aborted'));
        };
        abortSignal.addEventListener('abort', abort, { once: true });
        this.#send(process, key).then(resolve, reject);
      });
    return { send } as unknown as Pick<SESv2Client, 'send'>;
  }

  #send(process: VirtualProcess, key: string): Promise<{ MessageId: string }> {
    const { faults } = this.#world;
    return process.call<{ MessageId: string }>(
      `mail ${key}`,
      () => {
        if (faults.strikes('mail throttled', key)) throw sesError('TooManyRequestsException');
        if (faults.strikes('mail unreachable', key))
          throw Object.assign(sesError('Error'), { syscall: 'connect' });
        this.sent.push(key);
        this.onMail(key);
        if (faults.strikes('mail unclear', key)) {
          this.#world.excuse(key, 'mail unclear');
          throw sesError('InternalServiceErrorException');
        }
        return { MessageId: `mail-${this.sent.length}` };
      },
      {
        lost: () => {
          throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
        },
      },
      { keys: [key], isOutside: true },
    );
  }
}

function tagOf({ input }: SendEmailCommand): string {
  return input.EmailTags?.find(({ Name }) => Name === idempotencyKeyTag)?.Value ?? '';
}

function sesError(name: string): Error {
  return Object.assign(new Error('of the mail system'), { name });
}
