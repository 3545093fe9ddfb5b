import type { ConsumerPart, StackParts } from './stack-parts.ts';

const columnWidth = 196;
const boxWidth = 180;
const margin = 10;

/** Systems outside of the database, by the consumer that calls them. */
const outside: Readonly<Record<string, readonly [string, string]>> = {
  billing: ['Payment provider', 'HTTP + Idempotency-Key'],
  notifications: ['Amazon SES', 'mail'],
};

/** An SVG of the stack. It has no background, so that it reads on light and on dark pages. */
export function drawing({ consumers, publishers }: StackParts): string {
  const width = consumers.length * columnWidth + 2 * margin;
  const center = (index: number) => margin + index * columnWidth + columnWidth / 2;
  const middle = width / 2;
  const shapes = [
    box(middle - 150, 40, 250, ['Your producer', 'publisher library, CLI, SDK'], 'plain'),
    box(
      middle + 150,
      40,
      250,
      [`HTTP API: ${publishers.join(', ')}`, 'Idempotency-Key per request'],
      'lambda',
    ),
    arrow(middle - 150, 88, middle - 60, 122),
    arrow(middle + 150, 88, middle + 60, 122),
    box(middle, 122, 380, ['SNS FIFO topic', 'drops repeats within 5 minutes'], 'queue'),
    ...consumers.flatMap((consumer, index) => column(consumer, center(index), middle)),
    recordsBox(width),
    ...consumers.map((_, index) => arrow(center(index) + 82, 362, center(index) + 82, 498)),
  ];
  const title = 'How an event goes through the stack';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} 590" role="img" aria-labelledby="title">
<title id="title">${title}</title>
<style>
text { font: 14px system-ui, sans-serif; fill: #1f2328; text-anchor: middle; }
.name { font-weight: 600; }
.heading { font-size: 17px; font-weight: 600; }
.note { font-size: 12px; }
.box { fill: none; stroke-width: 1.5; }
.plain { stroke: #8c959f; }
.lambda { stroke: #bc4c00; }
.queue { stroke: #bf3989; }
.table { stroke: #0969da; }
.transaction { fill: none; stroke: #1a7f37; stroke-width: 1.5; stroke-dasharray: 6 4; }
.arrow { stroke: #57606a; stroke-width: 1.5; fill: none; marker-end: url(#head); }
marker path { fill: #57606a; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  .arrow { stroke: #9198a1; }
  marker path { fill: #9198a1; }
  .lambda { stroke: #f0883e; }
  .queue { stroke: #f778ba; }
  .table { stroke: #2f81f7; }
  .transaction { stroke: #3fb950; }
}
</style>
<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z"/></marker></defs>
<text class="heading" x="${middle}" y="22">${title}</text>
${shapes.join('\n')}
<text class="note" x="${middle}" y="580">Dashed: one DynamoDB transaction writes the record and the effects.</text>
</svg>
`;
}

/** Queue, function and effect of one consumer, from the topic down. */
function column({ name, guarantee, tables }: ConsumerPart, x: number, topic: number): string[] {
  const effect =
    tables.length > 0 ? ['DynamoDB tables', tables.join(', ')] : (outside[name] ?? ['Other system', '']);
  return [
    arrow(x + (topic - x) / 2, 170, x, 218),
    box(x, 218, boxWidth, ['SQS FIFO queue', '+ dead-letter queue'], 'queue'),
    arrow(x, 266, x, 314),
    box(x, 314, boxWidth, [name, `Lambda, ${guarantee}`], 'lambda'),
    arrow(x, 362, x, 408),
    box(x - 10, 408, boxWidth - 20, effect, tables.length > 0 ? 'table' : 'plain'),
    ...(guarantee === 'exactly-once'
      ? [`<rect class="transaction" x="${x - 96}" y="398" width="192" height="158" rx="8"/>`]
      : []),
  ];
}

/** The table of all consumers. Its text stands right of the transaction's frame. */
function recordsBox(width: number): string {
  const inner = width - 4 * margin;
  const text = (width + columnWidth) / 2;
  return [
    `<rect class="box table" x="${2 * margin}" y="498" width="${inner}" height="48" rx="6"/>`,
    label(text, 498, 'DynamoDB table: records', 'one record per consumer and event, for 45 days'),
  ].join('');
}

/** A box of two lines. @param x Its center. @param y Its top. */
function box(
  x: number,
  y: number,
  width: number,
  [name = '', note = '']: readonly string[],
  kind: string,
): string {
  return [
    `<rect class="box ${kind}" x="${x - width / 2}" y="${y}" width="${width}" height="48" rx="6"/>`,
    label(x, y, name, note),
  ].join('');
}

function label(x: number, y: number, name: string, note: string): string {
  return `<text class="name" x="${x}" y="${y + 20}">${name}</text><text class="note" x="${x}" y="${y + 38}">${note}</text>`;
}

function arrow(fromX: number, fromY: number, toX: number, toY: number): string {
  return `<path class="arrow" d="M${fromX} ${fromY} ${toX} ${toY}"/>`;
}
