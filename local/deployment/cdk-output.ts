/** Enough for an error, or for the first of many findings. */
const maxLines = 20;

/** What the CDK writes between synthesis and deployment; a failure before it is the app's. */
const synthesized = /^✨ {2}Synthesis time: .*$/m;

/** The source that Node shows above an error that nobody caught; the place is kept, unless it is Node's own. */
const thrownAt = /^(?:node:internal\/\S+:\d+|(file:\/\/\S+:\d+))\n.*\n\s*\^+$/gm;

const noise: readonly RegExp[] = [
  // Stack frames, and what Node adds.
  /^\s+at .*$/,
  /^\s*\.\.\.(node internals|aws-cdk-lib)\.\.\.$/,
  /^\s+\((no|\d+) .*--stack-trace-limit.*\)$/,
  /^\s+(code|url): '.*',?$/,
  /^[{}]$/,
  /^Node\.js v/,
  // What goes well, and what is repeated in "Failed resources".
  /^Bundling asset /,
  /^npm warn /,
  /^\S+: (start|success): /,
  /^\S+: (creating CloudFormation changeset|deploying)\.\.\./,
  /^\S+ \|\s*\d+\/\d+ \| /,
  // Only the app's command line.
  /: Subprocess exited with error \d+$/,
];

/** The lines of the CDK's output that tell why it failed. */
export function explain(output: string): string {
  const end = synthesized.exec(output);
  const relevant = end === null ? output : output.slice(end.index + end[0].length);
  const all = relevant
    .replace(thrownAt, (_, place: string | undefined) => place ?? '')
    .split('\n')
    .map((line) => line.trimEnd());
  const telling = all.filter((line) => line !== '' && !noise.some((pattern) => pattern.test(line)));
  // An app that fails without a word leaves its exit code only.
  const lines = telling.length > 0 ? telling : all.filter((line) => line !== '');
  return [...lines.slice(0, maxLines), ...(lines.length > maxLines ? ['...'] : [])].join('\n');
}
