import type { Body, RedactedExchange } from '../../../shared/model/index.js';
import type { KnownValue } from '../../../shared/policy-file.js';
import { isStandIn } from '../detectors/stand-ins.js';
import { type Entity, isSecret } from '../policy/entities.js';
import { isWord } from '../prose/lexicon.js';
import { createFindingSink } from '../scan/findings.js';
import type { JsonRedactor } from './json/redact-json.js';
import { redactStream, type StreamItem, streamItemsOf } from './streams.js';

/** Shorter values stand in other places by chance; those of one kind of character need more. */
const shortest = 8;
const shortestPlain = 20;
/** Nothing that goes on for longer is one value. */
const longest = 4096;
/** Values of one exchange that are looked for again. */
const most = 64;
/** From so much on what was found by its place alone is the value, not something beside it. */
const sure = 0.7;

/** Collects the secrets of one exchange, or one text, while it is redacted. They are kept in memory alone, and not for long. */
export interface SecretSink {
  add(entity: Entity, value: string, confidence: number): void;
  /** Those that are hidden wherever else they stand, the longest first. */
  values(): KnownValue[];
}

export function createSecretSink(): SecretSink {
  const found = new Map<string, Entity>();
  return {
    add(entity, value, confidence) {
      if (found.size >= most || !isSecret(entity) || !isTelling(value, confidence)) return;
      found.set(value, entity);
      const password = passwordOf(value);
      if (password !== null && isTelling(password, 1)) found.set(password, 'PASSWORD');
    },
    values: () =>
      [...found].map(([value, entity]) => ({ value, entity })).sort((a, b) => b.value.length - a.value.length),
  };
}

/** Whether a value cannot stand somewhere else by chance or as an ordinary word. */
function isTelling(value: string, confidence: number): boolean {
  if (value.length < shortest || value.length > longest || /[\s\0<>]/.test(value) || isStandIn(value)) return false;
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((kind) => kind.test(value)).length;
  if (!/\d/.test(value) && value.length < shortestPlain) return false;
  if (kinds < 2 || (confidence < sure && value.length < shortestPlain)) return false;
  if (/^[\d.:,/+-]+$/.test(value)) return false;
  // `auth_token_v2`, `page-3-of-the-manual`, `src/login.ts`: names are of words.
  const words = value.toLowerCase().match(/[a-z]+/g) ?? [];
  const inWords = words.filter((word) => word.length > 2 && isWord(word)).join('').length;
  return (
    inWords * 2 < value.replace(/[^A-Za-z]/g, '').length || (/\d/.test(value) && kinds >= 3 && !/[/._-]/.test(value))
  );
}

/** The password in `user:password` as RFC 7617 writes it. */
function passwordOf(value: string): string | null {
  if (value.length > 512 || !/^[A-Za-z0-9+/_-]{8,}={0,2}$/.test(value)) return null;
  const text = Buffer.from(value, 'base64').toString('utf8');
  return /^[\x21-\x7e]{1,128}:[\x21-\x7e]+$/.test(text) ? text.slice(text.indexOf(':') + 1) : null;
}

/** Whether one of the values stands in a text, in a spelling that redaction can undo. */
export function standsIn(text: string, values: readonly KnownValue[]): boolean {
  return values.some(({ value }) => spellingsOf(value).some((form) => text.includes(form)));
}

const spelled = new Map<string, readonly string[]>();

function spellingsOf(value: string): readonly string[] {
  const cached = spelled.get(value);
  if (cached !== undefined) return cached;
  const forms = new Set([value]);
  const escaped = JSON.stringify(value).slice(1, -1);
  forms.add(escaped).add(JSON.stringify(escaped).slice(1, -1));
  const percent = encodeURIComponent(value.toWellFormed());
  forms.add(percent).add(percent.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase()));
  // Base64 has a spelling for each of the three places where a value can begin.
  for (let before = 0; before < 3; before++) {
    const whole = Buffer.from(`${'\0'.repeat(before)}${value}`, 'utf8');
    const core = whole.toString('base64').slice(before === 0 ? 0 : before + 1, Math.floor(whole.length / 3) * 4);
    if (core.length >= shortest) forms.add(core).add(core.replaceAll('+', '-').replaceAll('/', '_'));
  }
  if (spelled.size >= most) spelled.clear();
  const list = [...forms];
  spelled.set(value, list);
  return list;
}

/**
 * Whether a redacted exchange still holds one of the values somewhere.
 * @param jsonRedactor finds these values alone: what a stream deals out in pieces is put together for it
 */
export function standsInExchange(
  exchange: RedactedExchange,
  values: readonly KnownValue[],
  jsonRedactor: () => JsonRedactor,
): boolean {
  return (
    standsIn(textAround(exchange), values) ||
    bodiesOf(exchange).some((body) => standsInBody(body, values, jsonRedactor))
  );
}

/** All that an exchange says but its bodies. */
export function textAround({ findings: _, request, response, ...rest }: RedactedExchange): string {
  return JSON.stringify([rest, { ...request, body: null }, response && { ...response, body: null }]);
}

export function bodiesOf({ request, response }: RedactedExchange): Body[] {
  return [request.body, ...(response ? [response.body] : [])];
}

function standsInBody(body: Body, values: readonly KnownValue[], jsonRedactor: () => JsonRedactor): boolean {
  if (body.kind === 'json' || body.kind === 'text' || body.kind === 'form') return standsIn(body.text, values);
  const stream = streamItemsOf(body);
  return stream !== null && standsInStream(stream.items, stream.framing, values, jsonRedactor);
}

function standsInStream(
  items: StreamItem[],
  framing: Parameters<typeof redactStream>[3],
  values: readonly KnownValue[],
  jsonRedactor: () => JsonRedactor,
): boolean {
  if (items.some(({ data }) => standsIn(data, values))) return true;
  const sink = createFindingSink();
  redactStream(items, jsonRedactor(), sink, framing);
  return sink.total > 0;
}
