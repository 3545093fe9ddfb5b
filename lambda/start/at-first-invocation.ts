/**
 * Makes the handler of a function at its first invocation. The settings are read then, so a test can import the function
 * without its environment.
 *
 * @param make An error that it throws is the error of the invocation. The next invocation calls it again.
 */
export function atFirstInvocation<Given extends unknown[], Answer>(
  make: () => (...given: Given) => Promise<Answer>,
): (...given: Given) => Promise<Answer> {
  let handler: ReturnType<typeof make> | undefined;
  return async (...given) => {
    handler ??= make();
    return await handler(...given);
  };
}
