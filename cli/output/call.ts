import { commandOf } from '../../operations/explain/next-command.ts';

/** The options that say where the stack is. A command that comes next needs the same. */
export interface Place {
  readonly stack: string;
  readonly region: string | undefined;
  readonly profile: string | undefined;
}

export const defaultStack = 'OrderOnce';

/** A command to copy, for the same stack. */
export function callOf(next: string, { stack, region, profile }: Place): string {
  const where = [
    ...(stack === defaultStack ? [] : ['--stack', stack]),
    ...(region === undefined ? [] : ['--region', region]),
    ...(profile === undefined ? [] : ['--profile', profile]),
  ];
  return `npx order-once ${next}${where.length === 0 ? '' : ` ${commandOf(...where)}`}`;
}
