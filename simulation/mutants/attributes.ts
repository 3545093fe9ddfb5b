import type { Mutant } from './mutant.ts';

/** Mutants of the rule that whatever is kept to be sent again keeps all message attributes. */
export const attributeMutants = {
  'a copy without its last attributes': {
    rule: 'A dead letter keeps all attributes of its message',
    file: 'runtime/aws/packed-attributes.ts',
    text: 'packed.length === 0 ? undefined : packAll(packed)',
    replacement: 'packed.length < 100 ? undefined : packAll(packed)',
    shows: /^a parser got a message without its attributes /,
  },
  'attributes that stay packed': {
    rule: 'A consumer unpacks the attributes of a moved message before it reads the message',
    file: 'runtime/message/sqs-message.ts',
    text: 'const attributes = unpack(record.messageAttributes ?? {});',
    replacement: 'const attributes = record.messageAttributes ?? unpack({});',
    shows: /^a parser got a message without its attributes /,
  },
  'a resend without attributes': {
    rule: 'A message that is sent again from its record has all its attributes',
    file: 'runtime/operator/resolve-unknown.ts',
    text: 'attributes: resendAttributes(messageAttributes, own)',
    replacement: 'attributes: resendAttributes(undefined, own)',
    shows: /^a parser got a message without its attributes /,
  },
} as const satisfies Readonly<Record<string, Mutant>>;
