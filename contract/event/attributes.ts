import * as v from 'valibot';
import { isTimestamp } from './timestamp.ts';

/*
 * The types of CloudEvents' attributes (CloudEvents 1.0, "Type System") as schemas. Each error message names the
 * accepted form.
 */

/** Control characters and noncharacters; a lone surrogate is refused in every text of an event. */
const disallowed = /[\p{Cc}\p{Noncharacter_Code_Point}]/u;

const string = v.string(({ received }) =>
  /^-?\d/.test(received)
    ? 'must be a string: write the number in quotes'
    : `must be a string, not ${received}`,
);

const allowedCharacters =
  'must not hold control characters (U+0000 to U+001F, U+007F to U+009F) or Unicode noncharacters';

/** A non-empty text of any characters. */
export const anyText = v.pipe(string, v.nonEmpty('must not be empty'));

/** CloudEvents' String; it must not be empty. */
export const text = v.pipe(
  anyText,
  v.check((value) => !disallowed.test(value), allowedCharacters),
);

const percent = '%[\\dA-Fa-f]{2}';
const segment = `(?:[\\w.~!$&'()*+,;=:@-]|${percent})`;
const path = `(?:[\\w.~!$&'()*+,;=:@/-]|${percent})*`;
const noColon = `(?:[\\w.~!$&'()*+,;=@-]|${percent})+`;
const name = `(?:[\\w.~!$&'()*+,;=:-]|${percent})*`;
const authority = `//(?:${name}@)?(?:\\[[\\w.~!$&'()*+,;=:-]+\\]|(?:[\\w.~!$&'()*+,;=-]|${percent})*)(?::\\d*)?(?:/${path})?`;
const tail = `(?:[\\w.~!$&'()*+,;=:@/?-]|${percent})*`;
const scheme = '[A-Za-z][A-Za-z\\d+.-]*:';
const ending = `(?:\\?${tail})?(?:#${tail})?$`;

/** RFC 3986, section 3. */
const uriPattern = new RegExp(
  `^${scheme}(?:${authority}|/(?:${segment}${path})?|(?:${segment}${path})?)${ending}`,
);
/** RFC 3986, section 4.2: the first segment has no colon, because a colon would make it a scheme. */
const relativePattern = new RegExp(
  `^(?:${authority}|/(?:${segment}${path})?|(?:${noColon}(?:/${path})?)?)${ending}`,
);

/** CloudEvents' URI-reference. */
export const uriReference = v.pipe(
  text,
  v.check(
    (value) => uriPattern.test(value) || relativePattern.test(value),
    'must be a URI reference (RFC 3986): percent-encode spaces and what is no ASCII character',
  ),
);

/** CloudEvents' URI. A fragment is accepted, as in CloudEvents' own JSON schema. */
export const uri = v.pipe(
  text,
  v.regex(uriPattern, 'must be an absolute URI (RFC 3986), "https://example.com/schema" for instance'),
);

const token = "[!#$%&'*+.^`|~\\w{}-]+";
const parameter = `[ \\t]*;[ \\t]*${token}=(?:${token}|"(?:[^"\\\\]|\\\\.)*")`;

/** A media type as in RFC 2045, section 5.1. */
export const mediaType = v.pipe(
  text,
  v.regex(
    new RegExp(`^${token}/${token}(?:${parameter})*$`),
    'must be a media type (RFC 2046), "application/json" for instance',
  ),
);

/** CloudEvents' Timestamp. */
export const timestamp = v.pipe(
  string,
  v.check(isTimestamp, 'must be an RFC 3339 timestamp of a real time, "2026-01-31T12:00:00Z" for instance'),
);

/** CloudEvents' Binary: RFC 4648, section 4. */
export const base64 = v.pipe(
  string,
  v.check(
    (value) => value.length % 4 === 0 && /^[A-Za-z\d+/]*={0,2}$/.test(value),
    'must be base64 (RFC 4648, section 4, with padding)',
  ),
);

/** CloudEvents' Integer: 32 bits. */
const integers = { least: -(2 ** 31), most: 2 ** 31 - 1 };

/**
 * Describes the error in the value of an extension attribute; `undefined` if it is valid (CloudEvents JSON format,
 * "Type System Mapping").
 */
export function extensionProblem(value: unknown): string | undefined {
  switch (typeof value) {
    case 'boolean':
      return undefined;
    case 'string':
      return disallowed.test(value) ? allowedCharacters : undefined;
    case 'number':
      return Number.isInteger(value) && value >= integers.least && value <= integers.most
        ? undefined
        : 'must be an integer of 32 bits, or a string: write the number in quotes';
    default:
      return 'must be a string, a boolean or an integer; objects and lists belong into "data"';
  }
}
