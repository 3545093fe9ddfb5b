/**
 * Whether a value is an object of members alone: no list, and no instance of a class. An object of another realm is one
 * too: `structuredClone` makes such objects where tests run in a realm of their own.
 */
export function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || isRoot(prototype as object);
}

/** Only the prototype of all objects has no prototype and this method. */
function isRoot(prototype: object): boolean {
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf');
}
