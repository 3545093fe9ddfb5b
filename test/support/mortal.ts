import type { ConsumerDependencies } from '../../runtime/ports/dependencies.ts';

type InHand = Pick<
  ConsumerDependencies,
  'store' | 'deadLetters' | 'visibility' | 'acknowledgements' | 'clock'
>;

/** The ports of a process that may die: once it is dead, none of them answers. */
export function mortal({ store, deadLetters, visibility, acknowledgements, clock }: InHand): {
  readonly over: InHand;
  readonly die: () => void;
  /** Code of the process; after its end it does nothing more. */
  readonly whileAlive: <Args extends unknown[], Result>(
    work: (...args: Args) => Result,
  ) => (...args: Args) => Result | Promise<never>;
} {
  let isDead = false;
  const never = new Promise<never>(() => {});
  const portWhileAlive = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get: (target, name) => {
        const member = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => (isDead ? never : member.apply(target, args));
      },
    });
  return {
    over: {
      store: portWhileAlive(store),
      deadLetters: portWhileAlive(deadLetters),
      visibility: portWhileAlive(visibility),
      acknowledgements: portWhileAlive(acknowledgements),
      clock: portWhileAlive(clock),
    },
    die: () => {
      isDead = true;
    },
    whileAlive:
      (work) =>
      (...args) =>
        isDead ? never : work(...args),
  };
}
