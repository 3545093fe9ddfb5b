import { CommandCounter } from '../../../bench/batches/command-counter.ts';

const ping = '*1\r\n$4\r\nPING\r\n';
// A value that looks like a command, and two bytes a character.
const set = '*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$20\r\n*1\r\n$4\r\nPING\r\näää\r\n';

describe('the counter of Redis commands', () => {
  it('counts every command of a chunk, and none inside of a value', () => {
    expect(new CommandCounter().count(Buffer.from(ping + set + ping))).toBe(3);
  });

  it('counts a command once, where it ends, however it is cut', () => {
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
