import type { MessageAttributeValue } from '@aws-sdk/client-sqs';

/** Characters that SQS keeps; it refuses or replaces all others (AWS: "SendMessage", Amazon SQS API Reference). */
const notKept = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/** The text as SQS keeps it, with U+FFFD for each character that it does not. */
export function asKept(text: string): string {
  return text.replace(notKept, '\ufffd');
}

/** Letters, digits, `_`, `-` and `.`, the last neither at an end nor twice in a row; two prefixes are AWS' own. */
const acceptedName = /^(?!aws\.|amazon\.|\.)(?!.*\.\.)[\w.-]{1,256}(?<!\.)$/i;
/** In characters, the custom label included. */
const maxType = 256;
const acceptedType = /^(String|Number|Binary)(\.[\w-]+)*$/;
const acceptedNumber = /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;

/**
 * A message attribute as `SendMessage` takes it, from the form in which Lambda hands it over. A record that was made
 * by hand, or by an emulator, may hold anything (AWS: "Amazon SQS message metadata").
 *
 * @returns `undefined` where SQS would refuse it.
 */
export function sendable(name: string, attribute: unknown): MessageAttributeValue | undefined {
  if (!acceptedName.test(name) || typeof attribute !== 'object' || attribute === null) return undefined;
  const { dataType: type, stringValue: text, binaryValue: base64 } = attribute as Record<string, unknown>;
  if (typeof type !== 'string' || type.length > maxType) return undefined;
  switch (acceptedType.exec(type)?.[1]) {
    case 'Binary':
      return isBase64(base64) ? { DataType: type, BinaryValue: Buffer.from(base64, 'base64') } : undefined;
    case 'Number':
      return isNumber(text) ? { DataType: type, StringValue: text } : undefined;
    case 'String':
      return isText(text) ? { DataType: type, StringValue: text } : undefined;
    default:
      return undefined;
  }
}

/** Bytes that an attribute takes of a message: its name, its type and its value (AWS: "Amazon SQS message quotas"). */
export function bytesOf(name: string, { DataType, StringValue, BinaryValue }: MessageAttributeValue): number {
  return Buffer.byteLength(`${name}${DataType ?? ''}${StringValue ?? ''}`) + (BinaryValue?.length ?? 0);
}

/** `Root`, then what else X-Ray adds (AWS: "AWS X-Ray concepts", "Tracing header"). */
const traceHeader = /^(?:Self=[\w-]+;)?Root=1-[\da-f]{8}-[\da-f]{24}(?:;[\w-]+=[!-:<-~]*)*;?$/i;

/** A header that SQS would refuse stays behind: the log line has it, and the copy must leave. */
export function sendableTrace(trace: string | undefined): { readonly trace?: string } {
  return trace !== undefined && traceHeader.test(trace) ? { trace } : {};
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && asKept(value) === value;
}

function isBase64(value: unknown): value is string {
  return isText(value) && Buffer.from(value, 'base64').toString('base64') === value;
}

/** At most 38 digits, from 1e-128 to 1e126 (AWS: "Amazon SQS message metadata"). */
function isNumber(value: unknown): value is string {
  const [, whole, fraction = ''] = (typeof value === 'string' && acceptedNumber.exec(value)) || [];
  if (whole === undefined || (whole + fraction).replace(/^0+/, '').length > 38) return false;
  const size = Math.abs(Number(value));
  return size === 0 || (size >= 1e-128 && size <= 1e126);
}
