/** Enough for an error, or for the first of many findings. */
const maxLines = 20;

/** The line that the CDK writes between synthesis and deployment. A failure before it is the app's. */
const synthesized = /^✨ {2}Synthesis time: .*$/m;

/** The source lines that Node shows above an uncaught error. The place is kept, unless it is inside Node. */
const thrownAt = /^(?:node:internal\/\S+:\d+|(file:\/\/\S+:\d+))\n.*\n\s*\^+$/gm;

const noise: readonly RegExp[] = [
  // Stack frames and Node's own lines.
  /^\s+at .*$/,
  /^\s*\.\.\.(node internals|aws-cdk-lib)\.\.\.$/,
  /^\s+\((no|\d+) .*--stack-trace-limit.*\)$/,
  /^\s+(code|url): '.*',?$/,
  /^[{}]$/,
  /^Node\.js v/,
  // Successful steps, and lines that "Failed resources" repeats.
  /^Bundling asset /,
  /^npm warn /,
  /^\S+: (start|success): /,
  /^\S+: (creating CloudFormation changeset|deploying)\.\.\./,
  /^\S+ \|\s*\d+\/\d+ \| /,
  // Contains only the app's command line.
  /: Subprocess exited with error \d+$/,
];

/** Returns the lines of the CDK's output that explain its failure. */
export function explain(output: string): string {
  const end = synthesized.exec(output);
  const relevant = end === null ? output : output.slice(end.index + end[0].length);
  const all = relevant
    .replace(thrownAt, (_, place: string | undefined) => place ?? '')
    .split('\n')
    .map((line) => line.trimEnd());
  const telling = all.filter((line) => line !== '' && !noise.some((pattern) => pattern.test(line)));
  // If the app fails without output, only its exit code is left.
  const lines = telling.length > 0 ? telling : all.filter((line) => line !== '');
  return [...lines.slice(0, maxLines), ...(lines.length > maxLines ? ['...'] : [])].join('\n');
}
