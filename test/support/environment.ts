/** Sets variables that only the SDK reads; the returned function takes them back. */
export function withEnvironment(variables: Record<string, string>): () => void {
  // biome-ignore lint/style/noProcessEnv: the SDK reads its endpoint and credentials from there.
  const environment = process.env;
  const before = Object.keys(variables).map((name) => [name, environment[name]] as const);
  Object.assign(environment, variables);
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) delete environment[name];
      else environment[name] = value;
    }
  };
}
