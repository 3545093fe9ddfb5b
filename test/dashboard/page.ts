import { type Line, linesOf, type Widget } from '../support/cloudwatch/dashboard.ts';
import type { DashboardRun } from './run.ts';

/** Pixels of a column and of a row of CloudWatch's grid, on a screen of 1440 pixels. */
const grid = { column: 60, row: 50 } as const;

const colours = ['#1f77b4', '#ff7f0e', '#2ca02c', '#d62728', '#9467bd'];

/** An HTML page that shows a dashboard with the data of a run, about as CloudWatch does. */
export function pageOf(widgets: readonly Widget[], { data, span }: DashboardRun): string {
  const boxes = widgets.map((widget) => {
    const { x, y, width, height, properties } = widget;
    const place = [x * grid.column, y * grid.row, width * grid.column, height * grid.row] as const;
    const style = `left:${place[0]}px;top:${place[1]}px;width:${place[2]}px;height:${place[3]}px`;
    const content =
      properties.markdown === undefined
        ? graph(widget, linesOf(widget, data, span), place[2] - 20, place[3] - 70)
        : markdown(properties.markdown);
    return `<div class="widget" style="${style}"><div class="frame">${content}</div></div>`;
  });
  return `<!doctype html><meta charset="utf-8"><title>Dashboard</title><style>
body { margin: 0; font: 12px system-ui, sans-serif; background: #f2f3f3; color: #16191f; }
.widget { position: absolute; box-sizing: border-box; padding: 4px; }
.frame { background: #fff; border: 1px solid #d5dbdb; height: 100%; box-sizing: border-box; padding: 6px 8px; overflow: hidden; }
h1 { font-size: 18px; margin: 4px 0; } h2 { font-size: 13px; margin: 0 0 2px; }
.legend span { margin-right: 12px; white-space: nowrap; } i { display: inline-block; width: 9px; height: 9px; margin-right: 4px; }
</style>${boxes.join('\n')}`;
}

function markdown(text: string): string {
  const [heading = '', ...rest] = text.split('\n');
  return `<h1>${heading.replace('# ', '')}</h1><p>${rest.join('<br>')}</p>`;
}

function graph({ properties }: Widget, lines: readonly Line[], width: number, height: number): string {
  const left = 48;
  const highest = Math.max(0, ...lines.flatMap(({ values }) => values.map((value) => finite(value) ?? 0)));
  const top = highest === 0 ? 1 : highest * 1.1;
  const yOf = (value: number) => height - 8 - (value / top) * (height - 20);
  const drawn = lines.map(({ values }, index) => {
    const step = (width - left) / Math.max(1, values.length - 1);
    const points = values.map((value) => finite(value));
    const path = points
      .map((value, at) => {
        if (value === undefined) return '';
        const before = at === 0 ? undefined : points[at - 1];
        return `${before === undefined ? 'M' : 'L'}${(left + at * step).toFixed(1)} ${yOf(value).toFixed(1)}`;
      })
      .join('');
    // Lines that lie on each other differ in width, so that each can be seen.
    return `<path d="${path}" fill="none" stroke="${colours[index]}" stroke-width="${5 - 1.5 * index}"/>`;
  });
  const ticks = [0, top / 2, top].map(
    (value) =>
      `<path d="M${left} ${yOf(value)}H${width}" stroke="#e9ebed"/><text x="${left - 4}" y="${yOf(value) + 4}" text-anchor="end">${short(value)}</text>`,
  );
  const legend = lines.map(
    ({ label }, index) => `<span><i style="background:${colours[index]}"></i>${label}</span>`,
  );
  return `<h2>${properties.title}</h2><div>${properties.yAxis?.left?.label ?? ''}</div>
<svg width="${width}" height="${height}" font-size="11">${ticks.join('')}${drawn.join('')}</svg>
<div class="legend">${legend.join('')}</div>`;
}

/** CloudWatch draws no point for a division by zero. */
function finite(value: number | undefined): number | undefined {
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}

function short(value: number): string {
  if (value === 0) return '0';
  return value >= 10_000
    ? `${(value / 1000).toFixed(0)}k`
    : value >= 10
      ? value.toFixed(0)
      : value.toFixed(2);
}
