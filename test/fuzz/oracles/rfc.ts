/*
 * The formats of attributes once more, by other means than the parser's: a URI is taken apart as RFC 3986 (appendix B)
 * does it, and each part is looked at by itself.
 */

const parts = /^(?:([^:/?#]+):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s;

const unreserved = /[A-Za-z0-9\-._~]/;

/** @param more Characters that are taken besides. */
function consistsOf(text: string, more: string): boolean {
  const plain = text.replace(/%[0-9A-Fa-f]{2}/g, '');
  return [...plain].every((character) => unreserved.test(character) || more.includes(character));
}

const delimiters = "!$&'()*+,;=";

export function isUriReference(text: string): boolean {
  const [, scheme, authority, path = '', query = '', fragment = ''] = parts.exec(text) ?? [];
  return (
    parts.test(text) &&
    (scheme === undefined || /^[A-Za-z][A-Za-z0-9+\-.]*$/.test(scheme)) &&
    (authority === undefined || isAuthority(authority)) &&
    consistsOf(path, `${delimiters}:@/`) &&
    // Without a scheme it is the colon of no scheme.
    (scheme !== undefined || authority !== undefined || !path.split('/')[0]?.includes(':')) &&
    consistsOf(query, `${delimiters}:@/?`) &&
    consistsOf(fragment, `${delimiters}:@/?`)
  );
}

export function isUri(text: string): boolean {
  return isUriReference(text) && parts.exec(text)?.[1] !== undefined;
}

function isAuthority(text: string): boolean {
  const at = text.indexOf('@');
  const [user, rest] = at === -1 ? ['', text] : [text.slice(0, at), text.slice(at + 1)];
  const host = rest.replace(/:[0-9]*$/, '');
  const literal = /^\[(.+)\]$/s.exec(host)?.[1];
  return (
    consistsOf(user, `${delimiters}:`) &&
    (literal === undefined
      ? consistsOf(host, delimiters)
      : consistsOf(literal, `${delimiters}:`) && !literal.includes('%'))
  );
}

export function isTime(text: string): boolean {
  const match = /^(\d{4}-\d\d-\d\d)t(\d\d:\d\d):(\d\d)(?:\.\d+)?(z|[+-]\d\d:\d\d)$/i.exec(text);
  if (match === null) return false;
  const [, date, minutes = '', seconds, zone = ''] = match;
  const offset = zone.toUpperCase() === 'Z' ? '+00:00' : zone;
  const isClock = (time: string) => time < '24:00' && time.slice(3) < '60';
  const isDate = !Number.isNaN(Date.parse(`${date}T00:00Z`)) && dayOf(`${date}T00:00Z`) === date;
  if (!isDate || !isClock(minutes) || !isClock(offset.slice(1))) return false;
  if (seconds !== '60') return Number(seconds) < 60;
  const end = new Date(Date.parse(`${date}T${minutes}:59${offset}`) + 1000).toISOString();
  return end.slice(8, 19) === '01T00:00:00';
}

function dayOf(time: string): string {
  return new Date(time).toISOString().slice(0, 10);
}

export function isMediaType(text: string): boolean {
  let rest = text;
  const take = (pattern: RegExp) => {
    const [found = ''] = pattern.exec(rest) ?? [];
    rest = rest.slice(found.length);
    return found !== '';
  };
  const token = /^[^\s()<>@,;:\\"/[\]?=\u0080-\uffff]+/;
  if (!take(token) || !take(/^\//) || !take(token)) return false;
  while (take(/^[ \t]*;[ \t]*/)) {
    if (!take(token) || !take(/^=/)) return false;
    if (!take(token) && !take(/^"(?:[^"\\]|\\.)*"/s)) return false;
  }
  return rest === '';
}
