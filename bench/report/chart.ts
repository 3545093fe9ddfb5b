import { digits } from './print.ts';
import type { Row } from './row.ts';

export interface Cluster {
  readonly title: string;
  readonly bars: readonly { readonly label: string; readonly ms: number; readonly isOurs: boolean }[];
}

const width = 720;
const labelWidth = 250;
/** Leaves room for the number behind the longest bar. */
const barWidth = width - labelWidth - 80;
const barHeight = 16;
const step = 22;
const heading = 30;
const gap = 18;
const margin = 36;

/**
 * The times of our code and its peers for each scenario, the fastest first.
 *
 * @param titleOf Returns the title of a scenario. Scenarios without a title are left out.
 */
export function clustersOf(
  rows: readonly Row[],
  titleOf: (scenario: string) => string | undefined,
): Cluster[] {
  const clusters = new Map<string, Row[]>();
  for (const row of rows) {
    const title = titleOf(row.scenario);
    if (title !== undefined) clusters.set(title, [...(clusters.get(title) ?? []), row]);
  }
  return [...clusters].map(([title, compared]) => ({
    title,
    bars: [
      { label: 'order-once', ms: compared[0]?.oursMs ?? Number.NaN, isOurs: true },
      ...compared.map(({ peer, peerMs }) => ({ label: peer, ms: peerMs, isOurs: false })),
    ].sort((a, b) => a.ms - b.ms),
  }));
}

/** An SVG with all bars on one scale. It has no background, so it works on light and on dark pages. */
export function chartOf(title: string, clusters: readonly Cluster[]): string {
  const most = Math.max(...clusters.flatMap(({ bars }) => bars.map(({ ms }) => ms)));
  let y = margin;
  const shapes = clusters.flatMap((cluster) => {
    const top = y;
    const from = top + heading;
    y = from + cluster.bars.length * step + gap;
    return [
      `<text class="head" x="0" y="${top + 18}">${escaped(cluster.title)}</text>`,
      ...cluster.bars.map((bar, index) => barOf(bar, from + index * step, most)),
    ];
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y - gap + 4}" role="img" aria-labelledby="title">
<title id="title">${escaped(title)}</title>
<style>
text { font: 13px system-ui, sans-serif; fill: #1f2328; }
.title { font-size: 16px; font-weight: 600; }
.head { font-weight: 600; }
.peer { fill: #8c959f; }
.ours { fill: #0969da; }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3; } .peer { fill: #6e7681; } .ours { fill: #2f81f7; } }
</style>
<text class="title" x="0" y="18">${escaped(title)}</text>
${shapes.join('\n')}
</svg>
`;
}

function barOf({ label, ms, isOurs }: Cluster['bars'][number], y: number, most: number): string {
  const length = Math.max(2, (ms / most) * barWidth);
  const baseline = y + 13;
  return [
    `<text x="${labelWidth - 10}" y="${baseline}" text-anchor="end">${escaped(label)}</text>`,
    `<rect class="${isOurs ? 'ours' : 'peer'}" x="${labelWidth}" y="${y}" width="${length.toFixed(1)}" height="${barHeight}" rx="2"/>`,
    `<text x="${(labelWidth + length + 6).toFixed(1)}" y="${baseline}">${digits(ms)} ms</text>`,
  ].join('');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
