import { jwkPrivate, jwkType } from '../../detectors/jwk.js';
import type { NameJudge } from '../../policy/names.js';
import { sensitiveSpans } from '../../policy/personal.js';
import { secretSpans } from '../../policy/sensitive.js';
import { base64Texts } from '../../scan/base64.js';
import { applyEdits, composeEdits, type Edit, noEdits } from '../../scan/edits.js';
import { unescapeLayer } from '../../scan/layers.js';
import { createMemo } from '../../scan/memo.js';
import { ownCopy } from '../../scan/own-copy.js';
import type { Scanner, Whole } from '../../scan/scanner.js';
import { type Frame, keyOf, pathOf, walkJson } from './walk.js';

/** JSON inside strings inside JSON: deeper than this it is text like any other. */
const deepestNesting = 8;
const memoBytes = 32 * 1024 * 1024;
const memoFrom = 64;
const longestKey = 4096;
/** Shorter texts wrap nothing in base64; so many characters of a text are unwrapped. */
const shortestWrapped = 20;
const mostWrapped = 4 * 1024 * 1024;
/** Longer strings are no single value of a person. */
const longestPersonal = 320;
/** Numbers under these keys are ids, times, sizes or counts, whatever checksum they happen to have. */
const plainNumber =
  /(?:^|_|-)(?:id|ids|at|ts|time|timestamp|date|created|updated|expires|exp|iat|nbf|ns|us|ms|seed|nonce|hash|offset|size|bytes|count|duration|tokens|index|version|seq|sequence|number_of|port|total|price|amount|cost)$|(?:Id|At|Time|Timestamp|Date|Ns|Ms|Count|Bytes|Size|Offset|Duration|Tokens|Index|Seq)$/;

/** A string value found in JSON: where it stands and what it says. */
export interface StringLeaf {
  /** Raw content between the quotes. */
  start: number;
  end: number;
  value: string;
  /** The container, complete once the whole text was walked. */
  frame: Frame | null;
  /** Key or place in the container: `.content`, `[2]`; empty at the top. */
  step: string;
  /** The key it stands under, through arrays. */
  key: string | null;
  /** Parts that are secret because of the key. */
  wholes: Whole[];
}

/** Fields that say to which output of a stream an object belongs; `type` only counts for the whole event. */
const channelFields = new Set([
  'index',
  'item_id',
  'output_index',
  'content_index',
  'contentBlockIndex',
  'summary_index',
  'choice_index',
  'stream_id',
  'jsonPath',
]);

/** Called for each text that was changed, with its own path and the edits in its own (decoded) offsets. */
export type Report = (path: string, edits: readonly Edit[]) => void;

export interface JsonRedactor {
  /** Edits for any text: as JSON where it is a JSON object, array or string, else as plain text. */
  text(text: string, depth?: number, wholes?: readonly Whole[]): readonly Edit[];
  /** Edits for JSON text in its own syntax, and whether it is well-formed; what is not is walked as far as it goes. */
  document(text: string, depth: number, path: string, report: Report | null): { edits: Edit[]; valid: boolean };
  /** The same, but string values under wanted keys, and at the top, are only listed, for the caller to judge. */
  leaves(
    text: string,
    path: string,
    report: Report,
    wanted: (key: string) => boolean,
  ): { edits: Edit[]; leaves: StringLeaf[]; valid: boolean };
  /** Edits of JSON text for what stands in it as written and not as it is read: `"C:\new"`, where somebody escaped nothing. */
  asWritten(text: string): readonly Edit[];
}

interface Remembered {
  decoded: readonly Edit[];
  raw: readonly Edit[];
}
interface KeyAnswer {
  /** Decoded and redacted. */
  key: string;
  decoded: readonly Edit[];
  raw: readonly Edit[];
}
/** Characters of a text, and texts, that are remembered to hold nothing. */
const longestClean = 64;
const mostClean = 10_000;
const nothing: Remembered = { decoded: noEdits, raw: noEdits };

/**
 * `memory`: bytes of texts that are remembered with what was found in them. `literal`: finds known values that have a backslash
 * in them, alone; null where there are none.
 */
export function createJsonRedactor(
  scanner: Scanner,
  names: NameJudge,
  literal: Scanner | null,
  memory = memoBytes,
): JsonRedactor {
  const memo = createMemo<Remembered>(memory);
  const keys = new Map<string, KeyAnswer>();
  /** Methods, versions, header values, names of events: the same few at every exchange. */
  const clean = createShortSet();
  /** Roles, kinds and ids of a document, as they are written: most stand in every message. */
  const cleanRaw = createShortSet();
  const plain = new Map<string, boolean>();

  function text(value: string, depth = 0, wholes: readonly Whole[] = []): readonly Edit[] {
    if (depth > 0 || wholes.length > 0 || value.length > longestClean) return scanned(value, depth, wholes);
    if (clean.has(value)) return noEdits;
    const edits = scanned(value, depth, wholes);
    if (edits.length === 0) clean.add(value);
    return edits;
  }

  function scanned(value: string, depth: number, wholes: readonly Whole[]): readonly Edit[] {
    if (wholes.length === 0 && depth < deepestNesting && looksLikeJson(value)) {
      const { edits, valid } = walk(value, depth, '', null, false);
      if (valid) return edits;
    }
    const edits = scanner.scan(value, wholes);
    return value.length < shortestWrapped || depth >= deepestNesting ? edits : withWrapped(value, edits, depth);
  }

  /** The same edits, and those of texts wrapped in base64: redacted as the text they are and wrapped again. */
  function withWrapped(value: string, edits: readonly Edit[], depth: number): readonly Edit[] {
    const wrapped: Edit[] = [];
    let budget = mostWrapped;
    let next = 0;
    for (const { start, end, text: inner, encode } of base64Texts(value)) {
      budget -= inner.length;
      if (budget < 0) break;
      while (next < edits.length && (edits[next] as Edit).end <= start) next++;
      if ((edits[next]?.start ?? end) < end) continue;
      const found = text(inner, depth + 1);
      // One edit for all of it: what keeps a whole example out of exports speaks for the others.
      const finding = found.find((edit) => edit.found?.action === 'drop') ?? found[0];
      if (finding) wrapped.push({ start, end, text: encode(applyEdits(inner, found)), found: finding.found });
    }
    return wrapped.length === 0 ? edits : [...edits, ...wrapped].sort((a, b) => a.start - b.start);
  }

  function remembered(raw: string, depth: number, repeats: boolean): Remembered {
    if (raw.length < 3) return nothing;
    // Deeper strings are remembered with the one they are in; short ones with a find only where the same few come in every event.
    const long = depth === 1 && (repeats || raw.length >= memoFrom);
    if (long) {
      const cached = memo.get(raw);
      if (cached) return cached;
    } else if (depth === 1 && cleanRaw.has(raw)) return nothing;
    const decoded = text(decodeString(raw), depth);
    const answer = decoded.length === 0 ? nothing : { decoded, raw: toRaw(raw, decoded) };
    if (long) memo.set(raw, answer);
    else if (depth === 1 && answer === nothing) cleanRaw.add(raw);
    return answer;
  }

  function keyAnswer(raw: string): KeyAnswer {
    const cached = keys.get(raw);
    if (cached) return cached;
    const value = decodeString(raw);
    const decoded = raw.length < 3 ? noEdits : scanner.scan(value);
    const key = applyEdits(value, decoded).slice(0, longestKey);
    const answer = { key, decoded, raw: toRaw(raw, decoded) };
    if (raw.length <= 64) {
      if (keys.size >= 10_000) keys.clear();
      keys.set(ownCopy(raw), answer);
    }
    return answer;
  }

  function walk(
    source: string,
    depth: number,
    path: string,
    report: Report | null,
    lenient: boolean,
    listing: { leaves: StringLeaf[]; wanted(key: string): boolean } | null = null,
  ): { edits: Edit[]; valid: boolean } {
    const edits: Edit[] = [];
    const push = (start: number, raw: readonly Edit[]): void => {
      for (const edit of raw) edits.push({ ...edit, start: edit.start + start, end: edit.end + start });
    };
    const valid = walkJson(
      source,
      {
        key(start, end, frame) {
          const { key, decoded, raw } = keyAnswer(source.slice(start, end));
          push(start, raw);
          if (report && decoded.length > 0 && frame) {
            const before = frame.currentKey;
            frame.currentKey = key;
            report(`${path}${pathOf(frame)}#key`, decoded);
            frame.currentKey = before;
          }
          return key;
        },
        string(start, end, frame) {
          const raw = source.slice(start, end);
          const wholes = secretsOf(raw, frame);
          if (listing) {
            noteChannel(frame, raw);
            const key = keyOf(frame);
            if (frame === null || (key !== null && listing.wanted(key))) {
              const step = frame === null ? '' : frame.array ? `[${frame.count}]` : `.${frame.currentKey ?? ''}`;
              listing.leaves.push({ start, end, value: decodeString(raw), frame, step, key, wholes });
              return;
            }
          }
          if (wholes.length > 0) {
            const decoded = text(decodeString(raw), depth + 1, wholes);
            push(start, toRaw(raw, decoded));
            if (decoded.length > 0) report?.(path + pathOf(frame), decoded);
            return;
          }
          const leafEdits = remembered(raw, depth + 1, listing !== null);
          if (leafEdits === nothing) return;
          push(start, leafEdits.raw);
          if (leafEdits.decoded.length > 0) report?.(path + pathOf(frame), leafEdits.decoded);
        },
        number(start, end, frame) {
          if (listing) noteChannel(frame, source.slice(start, end));
          const edit = numberEdit(source.slice(start, end), keyOf(frame));
          if (edit === null) return;
          push(start, [{ ...edit, text: isNumberLike(source.slice(start, end), edit) ? edit.text : `"${edit.text}"` }]);
          report?.(path + pathOf(frame), [edit]);
        },
      },
      lenient,
    );
    return { edits: listing === null ? withWritten(source, edits, path, report) : edits, valid };
  }

  function asWritten(source: string): readonly Edit[] {
    return literal === null || !source.includes('\\') ? noEdits : literal.scan(source);
  }

  function withWritten(source: string, edits: Edit[], path: string, report: Report | null): Edit[] {
    if (literal === null) return edits;
    const more = asWritten(applyEdits(source, edits));
    if (more.length === 0) return edits;
    report?.(path, more);
    return [...composeEdits(edits, more)];
  }

  /** Parts of the value that its key, or the `name` beside a `value`, calls secret. */
  function secretsOf(raw: string, frame: Frame | null): Whole[] {
    if (frame === null) return [];
    const key = keyOf(frame);
    if (key === null) return [];
    if (!frame.array) {
      if (key === 'name' || key === 'key' || key === 'header') frame.label = raw.length <= 128 ? raw : null;
      else if (key === 'value' && frame.label !== null) {
        const entity = names.key(frame.label);
        if (entity) return secretSpans(entity, decodeString(raw), 'key-name');
      } else if (key === 'kty' && jwkType.test(raw)) frame.label = key;
      else if (frame.label === 'kty' && jwkPrivate.test(key) && raw.length >= 20)
        return secretSpans('PRIVATE_KEY', decodeString(raw), 'jwk');
    }
    return raw.length > longestPersonal && names.key(key) === null
      ? []
      : sensitiveSpans(key, decodeString(raw), names, 'key-name');
  }

  /** A bare number that is a card, a phone, a password, …: what its digits would be after the words of its key. */
  function numberEdit(token: string, key: string | null): Edit | null {
    if (token.length < 3) return null;
    if (!/^-?\d+$/.test(token)) return null;
    const entity = key === null ? null : names.key(key);
    if (token.length < 7 && entity === null) return null;
    if (entity === 'PASSWORD' || (entity !== null && token.length >= 8)) {
      const whole = { start: 0, end: token.length, entity, confidence: 0.9, detector: 'key-name' };
      return covering(token, scanner.scan(token, [whole]), 0, token);
    }
    const personal = key === null ? [] : sensitiveSpans(key, token, names, 'key-name');
    if (personal.length > 0) return covering(token, scanner.scan(token, personal), 0, token);
    if (token.length < 7 || (key !== null && isPlainNumber(key))) return null;
    const digits = token.replace('-', '');
    const words = key === null ? '' : `${key.replace(/[_-]+/g, ' ').slice(-40)}: `;
    return covering(words + digits, scanner.scan(words + digits), words.length, token);
  }

  function isPlainNumber(key: string): boolean {
    const cached = plain.get(key);
    if (cached !== undefined) return cached;
    const answer = plainNumber.test(key);
    if (plain.size >= 10_000) plain.clear();
    if (key.length <= 64) plain.set(key, answer);
    return answer;
  }

  return {
    text,
    document: (source, depth, path, report) => walk(source, depth, path, report, true),
    leaves(source, path, report, wanted) {
      const leaves: StringLeaf[] = [];
      return { ...walk(source, 0, path, report, true, { leaves, wanted }), leaves };
    },
    asWritten,
  };
}

/** A set of short texts that begins anew when it is full. */
function createShortSet(): { has(text: string): boolean; add(text: string): void } {
  const texts = new Set<string>();
  return {
    has: (text) => texts.has(text),
    add(text) {
      if (texts.size >= mostClean) texts.clear();
      texts.add(ownCopy(text));
    },
  };
}

function noteChannel(frame: Frame | null, token: string): void {
  if (frame === null || frame.array || frame.currentKey === null || token.length > 200) return;
  const whole = frame.parent === null && (frame.currentKey === 'type' || frame.currentKey === 'object');
  if (whole || channelFields.has(frame.currentKey)) frame.channel += `${frame.currentKey}=${token};`;
}

/** The edit that replaces the number that begins at `from` in the text that was scanned, spread over all of it. */
function covering(scanned: string, edits: readonly Edit[], from: number, token: string): Edit | null {
  const edit = edits.find(({ end }) => end > from);
  if (edit === undefined) return null;
  const whole = { ...edit, start: 0, end: token.length };
  if (edit.found?.action !== 'surrogate' || edit.start < from) return whole;
  const own = edits.filter(({ start }) => start >= from);
  const digits = applyEdits(
    scanned.slice(from),
    own.map((each) => ({ ...each, start: each.start - from, end: each.end - from })),
  );
  return { ...whole, text: token.startsWith('-') && !digits.startsWith('-') ? `-${digits}` : digits };
}

/** Whether what takes the place of a number is one, as long as it was. */
function isNumberLike(token: string, { text }: Edit): boolean {
  return text.length === token.length && /^-?[1-9]\d*$/.test(text);
}

/** What does not stand for itself in a JSON string. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON escapes control characters (RFC 8259)
const special = /["\\\x00-\x1f]/;

/** Edits of a string's decoded value as edits of its raw content, escaped so that it stays a JSON string. */
export function toRaw(raw: string, edits: readonly Edit[]): readonly Edit[] {
  if (edits.length === 0) return edits;
  const layer = unescapeLayer(raw);
  return edits.map((edit) => ({
    ...edit,
    start: layer ? layer.outer(edit.start) : edit.start,
    end: layer ? layer.outer(edit.end) : edit.end,
    text: special.test(edit.text) ? JSON.stringify(edit.text).slice(1, -1) : edit.text,
  }));
}

function decodeString(raw: string): string {
  if (!raw.includes('\\')) return raw;
  try {
    return JSON.parse(`"${raw}"`) as string;
  } catch {
    // Raw line ends or foreign escapes: the lenient reading that toRaw also uses.
    return unescapeLayer(raw)?.text ?? raw;
  }
}

function looksLikeJson(text: string): boolean {
  let start = 0;
  while (start < text.length && isSpace(text.charCodeAt(start))) start++;
  const first = text.charCodeAt(start);
  if (first !== 123 && first !== 91 && first !== 34) return false;
  let end = text.length;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return end - start > 1 && text.charCodeAt(end - 1) === (first === 34 ? 34 : first + 2);
}

function isSpace(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9;
}
