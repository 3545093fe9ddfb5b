import type { MessageAttributeValue } from '@aws-sdk/client-sqs';

/** Characters that SQS keeps; it refuses or replaces all others (AWS: "SendMessage", Amazon SQS API Reference). */
const notKept = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/** The text in the form that SQS stores, with U+FFFD for each character that SQS refuses. */
export function asKept(text: string): string {
  return text.replace(notKept, '\ufffd');
}

/**
 * Letters, digits, `_`, `-` and `.`. A dot must not be at an end or twice in a row, and two prefixes are reserved by
 * AWS.
 */
const acceptedName = /^(?!aws\.|amazon\.|\.)(?!.*\.\.)[\w.-]{1,256}(?<!\.)$/i;
/** Maximum characters, including the custom label. */
const maxType = 256;
const acceptedType = /^(String|Number|Binary)(\.[\w-]+)*$/;
const acceptedNumber = /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;

/**
 * Converts a message attribute from Lambda's form to that of `SendMessage`. A record that was made by hand or by an
 * emulator may contain any value (AWS: "Amazon SQS message metadata").
 *
 * @returns `undefined` if SQS would refuse the attribute.
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

/** `Root`, then the other fields of X-Ray (AWS: "AWS X-Ray concepts", "Tracing header"). */
const traceHeader = /^(?:Self=[\w-]+;)?Root=1-[\da-f]{8}-[\da-f]{24}(?:;[\w-]+=[!-:<-~]*)*;?$/i;

/** Leaves out a header that SQS would refuse, because the copy must be sent. The log line has the header. */
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
