import type { Selection } from '../../../operations/letters/select-letters.ts';
import type { Options } from '../../../system/arguments.ts';
import type { CommandLine } from '../../options/access.ts';

/** Options that choose letters. Together they narrow the choice. */
export const selectionOptions = {
  code: { value: 'CODE', help: 'only letters with this reason code' },
  group: { value: 'GROUP', help: 'only those of this message group' },
  subject: { value: 'SUBJECT', help: "only those of this subject (an order's number)" },
  event: { value: 'ID', help: 'only those of the event with this id' },
  record: { value: 'KEY', help: 'only the one of this record' },
} as const satisfies Options;

export function readSelection({ text }: CommandLine): Selection {
  return {
    code: text('code'),
    group: text('group'),
    subject: text('subject'),
    event: text('event'),
    record: text('record'),
  };
}
