import { randomBytes } from 'node:crypto';
import { createRedactor, defaultPolicy } from '../../../src/main/redact/index.js';
import { Random } from '../fuzz/random.js';
import { negativeMakers } from './negatives.js';
import { personalMakers } from './personal.js';
import { secretMakers } from './secrets.js';
import { textPlacements } from './texts.js';

export interface FuzzResult {
  documents: number;
  findings: number;
  seconds: number;
  failures: string[];
}

const deepest = 6;
const mostFailures = 20;
const makers = [...secretMakers, ...personalMakers];
const texts = Object.values(textPlacements);
const kinds = Object.values(negativeMakers);
const odd = [
  '',
  '\\',
  '"',
  '\u2028',
  '\ud83d\ude00',
  '\ud800',
  '\0',
  '</script>',
  '\\u0041',
  '%41%zz',
  '<EMAIL_',
  '{"a":',
  '[1,2',
  'é\u0301',
];
const placeholder = /<[A-Z_]{3,}_(?:[0-9a-f]{8}|MASKED)>/;

/**
 * Random JSON documents with values, look-alikes and odd strings at random places. Each must be JSON after redaction as
 * before, with the same shape, the same values where no finding is, and the same text when redacted once more.
 */
export function fuzzJson(documents: number, seed: number): FuzzResult {
  const redactor = createRedactor({ policy: defaultPolicy, key: randomBytes(32) });
  const result: FuzzResult = { documents, findings: 0, seconds: 0, failures: [] };
  const started = performance.now();
  for (let index = 0; index < documents; index++) {
    const { text } = documentAt(seed, index);
    const fail = (what: string) => {
      if (result.failures.length < mostFailures) result.failures.push(`document ${index}: ${what}`);
    };
    const once = redactor.text(text);
    result.findings += once.findings.length;
    let after: unknown;
    try {
      after = JSON.parse(once.text);
    } catch {
      fail('no JSON any more');
      continue;
    }
    const twice = redactor.text(once.text).text;
    if (twice !== once.text) fail('another text when redacted again');
    const place = different(JSON.parse(text), after, '');
    if (place !== null) fail(`changed without a finding at ${place}`);
    if (once.findings.length === 0 && once.text !== text) fail('changed without a finding');
  }
  const warnings = Object.entries(redactor.warnings());
  for (const [detector, times] of warnings) result.failures.push(`detector ${detector} failed ${times} times`);
  result.seconds = (performance.now() - started) / 1000;
  return result;
}

/** Every document can be made again by itself. */
export function documentAt(seed: number, index: number): { before: unknown; text: string } {
  const random = new Random(seed * 1_000_003 + index);
  const before = value(random, 0);
  return { before, text: spelled(before, random) };
}

function value(random: Random, depth: number): unknown {
  const kind = random.below(depth >= deepest ? 6 : 9);
  if (kind === 0) return random.pick([null, true, false, 0, -0.5, 1e21, random.below(1e9), -random.below(1e9)]);
  if (kind === 1) return text(random);
  if (kind === 2) return random.pick(odd) + (random.below(2) === 0 ? text(random) : '');
  if (kind === 3) return JSON.stringify(depth >= deepest ? text(random) : value(random, depth + 1));
  if (kind === 4) return random.pick(kinds)(random);
  if (kind === 5) return Number(`${1 + random.below(9)}${String(random.below(1e9)).padStart(9, '0')}`);
  if (kind === 6) return Array.from({ length: random.below(4) }, () => value(random, depth + 1));
  return object(random, depth);
}

function object(random: Random, depth: number): object {
  const out: Record<string, unknown> = {};
  for (let i = random.below(5); i > 0; i--) {
    if (random.below(3) > 0) {
      const planted = random.pick(makers)[0](random);
      out[planted.key] = random.below(4) === 0 ? value(random, depth + 1) : planted.written;
    } else
      out[random.pick([random.pick(odd), 'content', 'id', 'type', 'a', 'token', String(random.below(1e6))])] = value(
        random,
        depth + 1,
      );
  }
  return out;
}

function text(random: Random): string {
  const planted = random.pick(makers)[0](random);
  const { takes, text: write } = random.pick(texts);
  const told = takes?.(planted) === false ? planted.written : write(planted, random);
  return random.below(5) === 0 ? Buffer.from(told).toString('base64') : told;
}

/** As different programs write JSON: indented, with `\/`, with letters as escapes. */
function spelled(document: unknown, random: Random): string {
  const plain = JSON.stringify(document, null, random.pick([0, 0, 2, '\t'])) ?? 'null';
  if (random.below(6) === 0) return plain.replaceAll('/', '\\/');
  if (random.below(6) === 0)
    return plain.replace(/[^\x20-\x7e\s]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return plain;
}

/** The first place where something differs that shows no finding; null where all that differs is found. */
function different(before: unknown, after: unknown, path: string): string | null {
  if (before === after || (Number.isNaN(before) && Number.isNaN(after))) return null;
  if (typeof before === 'string' && typeof after === 'string') return showsFinding(after) ? null : path;
  if (typeof before === 'number') return typeof after === 'string' && placeholder.test(after) ? null : path;
  if (Array.isArray(before) && Array.isArray(after)) {
    if (before.length !== after.length) return path;
    for (const [i, each] of before.entries()) {
      const found = different(each, after[i], `${path}[${i}]`);
      if (found !== null) return found;
    }
    return null;
  }
  if (before === null || after === null || typeof before !== 'object' || typeof after !== 'object') return path;
  const [left, right] = [Object.entries(before), Object.entries(after)];
  if (left.length !== right.length) return path;
  for (const [i, [name, each]] of left.entries()) {
    const [otherName, other] = right[i] as [string, unknown];
    if (name !== otherName && !placeholder.test(otherName)) return `${path}.${name}`;
    const found = different(each, other, `${path}.${name}`);
    if (found !== null) return found;
  }
  return null;
}

function stringsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, each]) => [name, ...stringsOf(each)]);
}

/** A placeholder stands in the string, or in base64 in it. */
function showsFinding(text: string): boolean {
  if (/^[{["]/.test(text)) {
    // A letter of an escape would run into what follows it.
    try {
      if (stringsOf(JSON.parse(text)).some(showsFinding)) return true;
    } catch {
      // No JSON: the text as it stands.
    }
  }
  if (placeholder.test(text) || /%3C[A-Z_]+_[0-9a-f]{8}%3E/i.test(text)) return true;
  return (text.match(/[\w+/-]{12,}={0,2}/g) ?? []).some((run) => {
    const inner = Buffer.from(run, 'base64').toString('utf8');
    return placeholder.test(inner) || (inner.length >= 12 && inner !== text && showsFinding(inner));
  });
}
