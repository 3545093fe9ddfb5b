import { NotExecutedError, PermanentError, UnclearError } from '../handler/errors.ts';
import { readText } from './read-text.ts';
import { retryAfterOf } from './retry-after.ts';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Of the body; `undefined` where it is too long, or was cut. */
  readonly text: string | undefined;
  readonly url: string;
  readonly setting: string;
  /** In ms since the epoch: when it came. */
  readonly now: number;
}

type Row = (answer: Answer) => Error;

const refused: Row = (answer) =>
  new PermanentError(
    `${said(answer)}. This request was refused and did nothing; an earlier one of its key may have`,
  );

const configuration: Row = (answer) =>
  new NotExecutedError(
    `${said(answer)}. Nothing happened; events wait until ${answer.setting} and the credentials for it are right`,
  );

const later: Row = (answer) => {
  const retryAfter = retryAfterOf(answer.headers, answer.now);
  return new NotExecutedError(`${said(answer)}. Nothing happened yet`, {
    ...(retryAfter !== undefined && { retryAfter }),
  });
};

const unclear: Row = (answer) => new UnclearError(`${said(answer)}. It may have happened`);

const inProgress: Row = (answer) =>
  new UnclearError(`${said(answer)}. An earlier request with this key may be at work right now`);

const otherPayload: Row = (answer) =>
  new PermanentError(
    `${said(answer)}. The request is not acceptable, or its key was used for another payload before`,
  );

const moved: Row = (answer) =>
  new UnclearError(
    `${said(answer)}. It points to "${answer.headers.get('location') ?? 'nowhere'}", which was not followed: if that ` +
      `is where it moved to, change ${answer.setting}`,
  );

/**
 * What a status means. What stands neither here nor below by its hundred is unclear: only what is certain may be
 * refused or wait.
 */
const byStatus: Readonly<Record<number, Row>> = {
  400: refused,
  401: configuration,
  402: refused,
  403: configuration,
  404: configuration,
  405: configuration,
  // Gateways say it of a system behind them that took too long, which is at work all the same.
  408: unclear,
  409: inProgress,
  410: configuration,
  413: refused,
  415: configuration,
  422: otherPayload,
  425: later,
  429: later,
};

const byHundred: Readonly<Record<number, Row>> = { 3: moved };

/**
 * The JSON of an answer that says that it was done.
 * @throws For every other answer, by the table above.
 */
export async function readAnswer(
  response: Response,
  place: Pick<Answer, 'url' | 'setting' | 'now'>,
): Promise<unknown> {
  const { status, headers } = response;
  const answer = { ...place, status, headers, text: await readText(response) };
  if (!response.ok) throw (byStatus[status] ?? byHundred[Math.floor(status / 100)] ?? unclear)(answer);
  if (status === 204) return undefined;
  try {
    return JSON.parse(answer.text ?? '');
  } catch (cause) {
    throw new UnclearError(`${said(answer)}, and no JSON that could be read. It may have happened`, {
      cause,
    });
  }
}

/** Enough of what the other side says to find out more there. */
const maxDetail = 200;

function said({ status, text = '', headers, url }: Answer): string {
  const detail = detailOf(text).replace(/\s+/g, ' ').trim();
  const short = detail.length > maxDetail ? `${detail.slice(0, maxDetail - 1)}…` : detail;
  const wait = headers.get('retry-after');
  const asks = wait === null ? '' : ` (Retry-After: ${wait})`;
  return `${url} answered ${status}${short === '' ? '' : ` "${short.toWellFormed()}"`}${asks}`;
}

/** Of problem details (RFC 9457); of anything else its text. */
function detailOf(text: string): string {
  try {
    const { detail, title } = JSON.parse(text) as { detail?: unknown; title?: unknown };
    return String(detail ?? title ?? text);
  } catch {
    return text;
  }
}
