import { ConfigurationError } from '../../contract/errors.ts';

/**
 * Reads the value of the header `authorization`, `Bearer <token>` for instance. After a 401 it is called once more with the
 * value that was refused. If it then returns another one, the request is sent again.
 */
export type ReadAuthorization = (refused?: string) => Promise<string>;

/** Visible ASCII with single blanks: whatever a credential may contain (RFC 9110, section 11.4). */
const sendable = /^[!-~]+( [!-~]+)*$/;

/** @throws ConfigurationError if no header can have the value. It does not quote it, as the error of `Headers` would. */
export async function readCredential(authorization: ReadAuthorization, refused?: string): Promise<string> {
  const value = await authorization(refused);
  if (sendable.test(value)) return value;
  throw new ConfigurationError(
    'The value of the header "authorization" is empty, or has a character that no header may have; it must be visible ASCII, ' +
      '"Bearer <token>" for instance. Look for a line break at its end',
  );
}

/** Returns a function that removes a credential from a text: the other side may quote it in its answer. */
export function hiding(credential: string | undefined): (text: string) => string {
  if (credential === undefined) return (text) => text;
  const token = credential.slice(credential.indexOf(' ') + 1);
  return (text) => text.replaceAll(credential, hidden).replaceAll(token, hidden);
}

const hidden = '***';
