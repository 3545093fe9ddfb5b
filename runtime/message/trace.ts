import { truncate } from '../../contract/truncate.ts';

/** In characters; the header of a request through many services has a few hundred. */
const maxLength = 1000;

/** `Root`, then what else X-Ray adds (AWS: "AWS X-Ray concepts", "Tracing header"). */
const header = /^(?:Self=[\w-]+;)?Root=1-[\da-f]{8}-[\da-f]{24}(?:;[\w-]+=[!-:<-~]*)*;?$/i;

/** The X-Ray trace header that a record brings; a record that was made by hand may bring anything. */
export function traceOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? truncate(value, maxLength) : undefined;
}

/** A header that SQS would refuse stays behind: the log line has it, and the copy must leave. */
export function sendableTrace(trace: string | undefined): { readonly trace?: string } {
  return trace !== undefined && header.test(trace) ? { trace } : {};
}
