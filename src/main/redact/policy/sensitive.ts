import { isPasswordLabel } from '../detectors/randomness.js';
import { isStandIn } from '../detectors/stand-ins.js';
import type { Whole } from '../scan/scanner.js';
import { type Entity, withoutPlaceholders } from './entities.js';

const scheme =
  /^(?:Bearer|Basic|Token|Bot|ApiKey|Api-Key|Digest|Negotiate|NTLM|Key|GoogleLogin|OAuth|DPoP|AWS4-HMAC-SHA256|SharedAccessSignature|[A-Za-z][A-Za-z0-9-]{2,24}(?=[ \t]+[^ \t]{16,}$))[ \t]+/i;
const cookiePair = /([^=;,\s]{1,256}=)("?)([^;]*)/g;
const cookieAttribute = /^(?:path|domain|expires|max-age|samesite|secure|httponly|partitioned|priority|version)=?$/i;

/**
 * The part of a value that is secret because its key, header or parameter says so: all of it but the scheme of an
 * authorization and the names in a cookie. Empty where the value cannot be what the name promises (`"token": "Hello"`,
 * `"password": "string"`), unless `certain`: headers and the exchange's own URL leave no doubt.
 */
export function secretSpans(entity: Entity, value: string, detector: string, certain = false): Whole[] {
  if (value.trim() === '') return [];
  // JSON in a string is judged by its own keys, the same before and after its values were replaced.
  if (!certain && /^\s*[{[]\s*["{[\]}]/.test(value)) return [];
  // `name=value` pairs; base64 only ends so.
  if (entity === 'COOKIE' && /=["\\]{0,64}[^="\s;\\]{2}/.test(value)) return cookieValues(value, detector, certain);
  // Part of it was replaced: what is left was judged with it, and would now look like another thing.
  if (!certain && withoutPlaceholders(value) !== value) return [];
  let start = scheme.exec(value)?.[0].length ?? 0;
  let end = value.length;
  while (start < end && /\s/.test(value.charAt(start))) start++;
  while (end > start && /\s/.test(value.charAt(end - 1))) end--;
  const secret = value.slice(start, Math.min(end, start + 4096));
  if (!certain && (isStandIn(secret) || isPasswordLabel(secret) || !plausible(entity, secret))) return [];
  return start === end ? [] : [{ start, end, entity, confidence: certain ? 0.97 : 0.9, detector }];
}

function plausible(entity: Entity, secret: string): boolean {
  const digit = /\d/.test(secret);
  switch (entity) {
    case 'PASSWORD':
      return secret.length >= 3 || (secret.length >= 1 && digit);
    case 'COOKIE':
      if (isConversationName(secret)) return false;
      return secret.length >= 6 && (digit || !/\s/.test(secret) || secret.length >= 16);
    case 'SECRET':
      return secret.length >= 6 && (digit || !/\s/.test(secret) || secret.length >= 16);
    case 'API_KEY':
      return secret.length >= 8 && !/\s/.test(secret);
    default:
      return secret.length >= 8 && !/\s/.test(secret) && (digit || secret.length >= 24);
  }
}

/**
 * How agents name a session: a UUID, a ULID, either behind a word (`ses_…`), or words and short numbers. It opens nothing,
 * and telling sessions apart is what it is for; a web session's random value stays a cookie.
 */
function isConversationName(value: string): boolean {
  const id = /^(?:[a-z]{2,12}[_:-])?(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-7][0-9A-HJKMNP-TV-Z]{25})$/i;
  if (id.test(value) || /^(?:ses|sess|session|thread|conv|chat|run)_[A-Za-z0-9]{8,64}$/.test(value)) return true;
  return value.length <= 80 && value.split(/[-_.:/]/).every((word) => /^(?:[A-Za-z]{0,20}|\d{1,8})$/.test(word));
}

function cookieValues(value: string, detector: string, certain: boolean): Whole[] {
  const wholes: Whole[] = [];
  for (const match of value.matchAll(cookiePair)) {
    const [, name = '', quote = '', content = ''] = match;
    const trimmed = content.trimEnd();
    const secret = trimmed.endsWith('"') ? trimmed.slice(0, -1) : trimmed;
    if (!/[\p{L}\p{N}]/u.test(secret) || cookieAttribute.test(name) || (!certain && isStandIn(secret))) continue;
    const start = match.index + name.length + quote.length;
    wholes.push({ start, end: start + secret.length, entity: 'COOKIE', confidence: 0.97, detector });
  }
  return wholes;
}
