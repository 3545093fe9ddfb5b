import pc from 'picocolors';
import { ownEnvironment } from '../../system/environment.ts';

/** Narrower terminals get lines of this width, and break them themselves. */
const least = 40;
/** In wider lines the eye loses its row. */
const most = 200;
/** Without a terminal, in a file or a pipe. */
const usual = 100;

/** What the output of a command is for. */
export interface Terminal {
  /** In columns. */
  readonly width: number;
  readonly colors: ReturnType<typeof pc.createColors>;
  /** Most lines before `--all`. */
  readonly lines: number;
}

/** @param all Whether every line is printed. */
export function terminal(stream: NodeJS.WriteStream = process.stdout, all = false): Terminal {
  const { COLUMNS, NO_COLOR } = ownEnvironment();
  const columns = stream.columns ?? (Number(COLUMNS) || usual);
  return {
    width: Math.min(most, Math.max(least, columns)),
    colors: pc.createColors(stream.isTTY === true && !NO_COLOR),
    lines: all ? Number.POSITIVE_INFINITY : 25,
  };
}

/** The text, with at most `lines` lines; the last one says how many are left out. */
export function limited(text: string, { lines, colors }: Terminal): string {
  const all = text.split('\n');
  if (all.length <= lines) return text;
  const shown = all.slice(0, lines - 1);
  return [...shown, colors.dim(`${all.length - shown.length} more lines: --all`)].join('\n');
}
