import type { ConsumerDependencies } from '../../runtime/ports/dependencies.ts';

type InHand = Pick<
  ConsumerDependencies,
  'store' | 'deadLetters' | 'visibility' | 'acknowledgements' | 'clock'
>;

/** The ports of a process that may die: once it is dead, none of them answers. */
export function mortal({ store, deadLetters, visibility, acknowledgements, clock }: InHand): {
  readonly over: InHand;
  readonly die: () => void;
} {
  let isDead = false;
  const never = new Promise<never>(() => {});
  const whileAlive = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get: (target, name) => {
        const member = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => (isDead ? never : member.apply(target, args));
      },
    });
  return {
    over: {
      store: whileAlive(store),
      deadLetters: whileAlive(deadLetters),
      visibility: whileAlive(visibility),
      acknowledgements: whileAlive(acknowledgements),
      clock: whileAlive(clock),
    },
    die: () => {
      isDead = true;
    },
  };
}
