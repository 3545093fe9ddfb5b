/** The values of one metric with one set of dimensions at one time. */
export interface Datapoint {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly values: readonly number[];
}

interface EmbeddedMetrics {
  readonly _aws: {
    readonly Timestamp: number;
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string; readonly Unit?: string }[];
    }[];
  };
  readonly [member: string]: unknown;
}

/** Maximum values of a metric, and maximum metrics of a line ("Specification: Embedded metric format"). */
const most = 100;

/**
 * Extracts the metrics of log lines, as CloudWatch does (CloudWatch User Guide, "Specification: Embedded metric format").
 * Emulators do not extract any. Lines without metrics are left out.
 *
 * @param lines Parsed log lines.
 * @throws Error for a line from which CloudWatch would extract nothing.
 */
export function extractMetrics(lines: readonly Readonly<Record<string, unknown>>[]): Datapoint[] {
  return lines.filter((line) => '_aws' in line).flatMap((line) => ofLine(line as EmbeddedMetrics));
}

function ofLine(line: EmbeddedMetrics): Datapoint[] {
  const { Timestamp: at, CloudWatchMetrics } = line._aws;
  if (!Number.isSafeInteger(at)) throw new Error(`Timestamp is ${at}`);
  return CloudWatchMetrics.flatMap(({ Namespace: namespace, Dimensions, Metrics }) => {
    if (Metrics.length > most) throw new Error(`${Metrics.length} metrics are in one line`);
    return Dimensions.flatMap((names) => {
      const dimensions = Object.fromEntries(names.map((name) => [name, textOf(line, name)]));
      return Metrics.map(({ Name: name }) => ({
        namespace,
        name,
        dimensions,
        at,
        values: numbersOf(line, name),
      }));
    });
  });
}

function textOf(line: EmbeddedMetrics, name: string): string {
  const value = line[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new Error(`Dimension ${name} is ${JSON.stringify(value)}`);
}

function numbersOf(line: EmbeddedMetrics, name: string): readonly number[] {
  const values = [line[name]].flat();
  if (values.length > 0 && values.length <= most && values.every((value) => Number.isFinite(value))) {
    return values as number[];
  }
  throw new Error(`Metric ${name} is ${JSON.stringify(line[name])}`);
}
