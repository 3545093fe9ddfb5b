import { userInfo } from 'node:os';
import { ConfigurationError } from '../../contract/errors.ts';
import type { Decision } from '../../operations/decisions/decision.ts';
import type { Options } from '../../system/arguments.ts';
import type { CommandLine } from './access.ts';

/** Options of each command that decides something. */
export const decisionOptions = {
  reason: { value: 'TEXT', help: 'why, for the record' },
  yes: { value: '', help: 'do not ask' },
} as const satisfies Options;

/** Why a decision is taken. @throws ConfigurationError without one. */
export function readReason(call: string, { text }: CommandLine): string {
  const reason = text('reason');
  if (reason !== undefined && reason.trim() !== '') return reason;
  throw new ConfigurationError(`${call} needs --reason: why, for whoever finds this in the record`);
}

/** A decision of the person who runs the command, now. */
export function decisionOf<What extends Decision['what']>(
  what: What,
  why: string,
): Decision & { readonly what: What } {
  return { what, why, by: userInfo().username, at: new Date().toISOString() };
}
