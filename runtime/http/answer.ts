import { NotExecutedError, PermanentError, UnclearError } from '../handler/errors.ts';
import { readText } from './read-text.ts';
import { retryAfterOf } from './retry-after.ts';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Text of the body; `undefined` if it is too long or was cut off. */
  readonly text: string | undefined;
  readonly url: string;
  readonly setting: string;
  /** Time of the answer, in ms since the epoch. */
  readonly now: number;
  /** Removes the credential of the request from a text of the other side. */
  readonly hide: (text: string) => string;
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
    `${said(answer)}. It points to "${answer.hide(answer.headers.get('location') ?? 'nowhere')}", which was not followed: if that ` +
      `is where it moved to, change ${answer.setting}`,
  );

/**
 * The meaning of each status. A status that is neither here nor in the table below is unclear, because only certain
 * answers may be refused or wait.
 */
const byStatus: Readonly<Record<number, Row>> = {
  400: refused,
  401: configuration,
  402: refused,
  403: configuration,
  404: configuration,
  405: configuration,
  // A gateway sends it if the system behind it is slow. That system may still be working.
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
 * Returns the JSON of an answer which says that the effect happened.
 * @throws For every other answer, by the table above.
 */
export async function readAnswer(
  response: Response,
  place: Pick<Answer, 'url' | 'setting' | 'now' | 'hide'>,
): Promise<unknown> {
  const { status, headers } = response;
  const answer = { ...place, status, headers, text: await readText(response) };
  if (!response.ok) throw (byStatus[status] ?? byHundred[Math.floor(status / 100)] ?? unclear)(answer);
  if (status === 204) return undefined;
  try {
    return JSON.parse(answer.text ?? '');
  } catch {
    // Without the parser's error: it quotes a part of the text, which may be a part of the credential.
    throw new UnclearError(`${said(answer)}, and no JSON that could be read. It may have happened`);
  }
}

/** Maximum characters of the other side's text, enough to investigate there. */
const maxDetail = 200;

function said({ status, text = '', headers, url, hide }: Answer): string {
  const detail = hide(detailOf(text)).replace(/\s+/g, ' ').trim();
  const short = detail.length > maxDetail ? `${detail.slice(0, maxDetail - 1)}…` : detail;
  const wait = headers.get('retry-after');
  const asks = wait === null ? '' : ` (Retry-After: ${hide(wait)})`;
  return `${url} answered ${status}${short === '' ? '' : ` "${short.toWellFormed()}"`}${asks}`;
}

/** The detail of problem details (RFC 9457), or the whole text of any other body. */
function detailOf(text: string): string {
  try {
    const { detail, title } = JSON.parse(text) as { detail?: unknown; title?: unknown };
    return String(detail ?? title ?? text);
  } catch {
    return text;
  }
}
