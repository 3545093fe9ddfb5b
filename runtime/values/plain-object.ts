/**
 * Whether a value is a plain object: neither a list nor an instance of a class. A plain object of another realm is
 * accepted too: `structuredClone` makes such objects if tests run in their own realm.
 */
export function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || isRoot(prototype as object);
}

/** Only the prototype of all objects has no prototype and has this method. */
function isRoot(prototype: object): boolean {
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf');
}
