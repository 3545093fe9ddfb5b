import assert from 'node:assert/strict';
import type { DeadLetter } from '../../../runtime/ports/queues.ts';

/** Characters that SQS takes and keeps (AWS: "SendMessage", Amazon SQS API Reference). */
const taken = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]+$/u;

const mostBytes = 1024 * 1024;

/** The shortest trace header there is. */
const rootAlone = 'Root=1-5759e988-bd862e3fe1be46a994272793';

export function isTakenBySqs(text: string): boolean {
  return taken.test(text);
}

/** @throws Where SQS would refuse the message, or take it and change it. */
export function checkTaken({ body, messageGroup, deduplicationId, attributes, trace }: DeadLetter): void {
  assert.ok(isTakenBySqs(body), 'MessageBody');
  assert.match(messageGroup, /^[!-~]{1,128}$/, 'MessageGroupId');
  assert.match(deduplicationId, /^[!-~]{1,128}$/, 'MessageDeduplicationId');
  const entries = Object.entries(attributes);
  assert.ok(entries.length <= 10, `${entries.length} attributes`);
  let bytes = Buffer.byteLength(body);
  for (const [name, { DataType = '', StringValue, BinaryValue }] of entries) {
    assert.match(name, /^[\w.-]{1,256}$/, 'the name of an attribute');
    assert.doesNotMatch(name, /^\.|\.\.|\.$|^(aws|amazon)\./i, 'the name of an attribute');
    assert.match(DataType, /^(String|Number|Binary)(\..+)?$/, `the type of ${name}`);
    assert.ok(DataType.length <= 256, `the type of ${name}`);
    if (DataType.startsWith('Number'))
      assert.match(StringValue ?? '', /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/, name);
    if (DataType.startsWith('Binary')) assert.ok(BinaryValue?.length, name);
    else assert.ok(isTakenBySqs(StringValue ?? ''), name);
    bytes += Buffer.byteLength(name + DataType + (StringValue ?? '')) + (BinaryValue?.length ?? 0);
  }
  assert.ok(bytes <= mostBytes, `${bytes} bytes`);
  assert.match(
    trace ?? rootAlone,
    /^([\w-]+=[^;\s]*;)*Root=1-[\da-f]{8}-[\da-f]{24}(;|$)/i,
    'AWSTraceHeader',
  );
}
