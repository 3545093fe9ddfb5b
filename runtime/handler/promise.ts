export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { readonly then?: unknown } | null | undefined)?.then === 'function';
}

/** A promise that nobody awaits would end the process if it rejects. */
export function ignoreRejection(promise: PromiseLike<unknown>): void {
  void Promise.resolve(promise).catch(() => undefined);
}
