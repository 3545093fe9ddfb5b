/** Prints one JSON object a line. Members that are `undefined` are left out. */
export function printJsonLines(objects: Iterable<object>): void {
  for (const object of objects) process.stdout.write(`${JSON.stringify(object)}\n`);
}
