export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { readonly then?: unknown } | null | undefined)?.then === 'function';
}

/** Ignores the rejection of a promise that is not awaited, which would otherwise end the process. */
export function ignoreRejection(promise: PromiseLike<unknown>): void {
  void Promise.resolve(promise).catch(() => undefined);
}
