import { CommandCounter } from '../../../bench/batches/command-counter.ts';

const ping = '*1\r\n$4\r\nPING\r\n';
// A value that looks like a command, and two bytes a character.
const set = '*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$20\r\n*1\r\n$4\r\nPING\r\näää\r\n';

describe('the counter of Redis commands', () => {
  it('counts every command of a chunk, and ignores command text inside a value', () => {
    expect(new CommandCounter().count(Buffer.from(ping + set + ping))).toBe(3);
  });

  it('counts a command that is split into chunks once, at its end', () => {
    // GIVEN
    const counter = new CommandCounter();
    const bytes = Buffer.from(set + ping);

    // WHEN
    const counts = Array.from(bytes, (_, at) => counter.count(bytes.subarray(at, at + 1)));

    // THEN
    const ends = [Buffer.byteLength(set) - 1, bytes.length - 1];
    expect(counts.flatMap((count, at) => (count === 1 ? [at] : []))).toEqual(ends);
    expect(counts.filter((count) => count > 1)).toEqual([]);
  });
});
