import { OrderOnceError } from '../../contract/errors.ts';

/** An answer to an HTTP API (payload format 2.0). */
export interface Answer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const titles = {
  400: 'Bad Request',
  403: 'Forbidden',
  409: 'Conflict',
  413: 'Content Too Large',
  422: 'Unprocessable Content',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
} as const;

export type ProblemStatus = keyof typeof titles;

/** Seconds until a client may retry an error that passes by itself. */
const retryAfter: Partial<Record<ProblemStatus, number>> = { 409: 1, 503: 1 };

/** A request that is not accepted, with the text for the client. */
export class Problem extends OrderOnceError {
  readonly status: ProblemStatus;
  /** The wrong header, or the path of the wrong part of the body. */
  readonly field: string | undefined;

  constructor(
    status: ProblemStatus,
    code: string,
    detail: string,
    { field, ...options }: ErrorOptions & { readonly field?: string | undefined } = {},
  ) {
    super(code, detail, options);
    this.status = status;
    this.field = field;
  }
}

/** RFC 9457, "Problem Details for HTTP APIs". */
export function problemAnswer({ status, code, message: detail, field }: Problem): Answer {
  const seconds = retryAfter[status];
  return {
    statusCode: status,
    headers: {
      'content-type': 'application/problem+json',
      ...(seconds !== undefined && { 'retry-after': String(seconds) }),
    },
    body: JSON.stringify({
      title: titles[status],
      status,
      detail,
      code,
      ...(field !== undefined && { field }),
    }),
  };
}
