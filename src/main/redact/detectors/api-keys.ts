import { crc32 } from 'node:zlib';
import * as z from 'zod';
import table from '../../../../resources/redaction/api-keys.json' with { type: 'json' };
import { entities } from '../policy/entities.js';
import { classes, isIn, runEnd, startsWord } from '../scan/characters.js';
import type { AnchoredDetector } from './types.js';

const keySchema = z.strictObject({
  id: z.string(),
  entity: z.enum(entities),
  prefix: z.string().min(2),
  chars: z.enum(['base62', 'base64url', 'base64', 'base64mix', 'token', 'dotted', 'hex', 'upper']),
  min: z.number().int().positive(),
  exact: z.boolean().optional(),
  mixed: z.boolean().optional(),
  crc: z.boolean().optional(),
});
export type KeyFormat = z.infer<typeof keySchema>;

/** Key formats of vendors and clouds; the forms are the vendors' own, the table is resources/redaction/api-keys.json. */
export const keyFormats: readonly KeyFormat[] = z.array(keySchema).parse(table.keys);

/** Characters after the prefix that are judged for looking random; beyond them the whole run is taken. */
const judged = 96;

/** Four characters or more with a dash or underscore at their end: `ghp_`, `sk-ant-`, `glpat-`. */
const unmistakable = /^[A-Za-z0-9]{2}[A-Za-z0-9_-]{1,32}[_-]$/;

/**
 * Confidence 0.98: prefix, alphabet and length agree and nothing alphanumeric stands before. Where the form has a
 * checksum, 1 where it is right and 0.7 where not: still a token that somebody made up or cut.
 */
export const apiKeyDetectors: readonly AnchoredDetector[] = keyFormats.map((format) => {
  const bits = classes[format.chars];
  const { prefix, min } = format;
  const enough = format.exact ? min + 1 : format.mixed ? Math.max(min, judged) : min;
  return {
    id: `key:${format.id}`,
    entity: format.entity,
    anchors: anchorsOf(format),
    at(text, start) {
      const end = start + prefix.length;
      // What begins like no word stands for itself also where something was glued before it.
      if (!text.startsWith(prefix, start) || !(unmistakable.test(prefix) || startsWord(text, start))) return null;
      // Four letters come by chance in base64; a slash before them is more often that of a path.
      if (bits === classes.base64 && text.charCodeAt(start - 1) === 43) return null;
      let stop = runEnd(text, end, bits, end + enough);
      if (stop - end < min) return null;
      if (format.exact && stop - end !== min) return null;
      // Two letters in front of hexadecimal in capitals are two more digits of it, `AC9F…`.
      if (bits === classes.hex && prefix.length === 2 && !/[a-z]/.test(text.slice(end, stop))) return null;
      if (format.mixed && !looksRandom(text, end, stop)) return null;
      stop = runEnd(text, stop, bits);
      if (isStandInRun(text, end, stop)) return null;
      // `sk-ssh-ed25519@openssh.com`: an algorithm's name.
      if (prefix === 'sk-' && text.startsWith('ssh-', end)) return null;
      if (prefix.length <= 4 && isFileName(text, start, stop)) return null;
      const confidence = format.crc && stop - end === 36 ? (hasChecksum(text.slice(end, stop)) ? 1 : 0.7) : 0.98;
      return { start, end: trimmed(text, end + min, stop), confidence };
    },
  };
});

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** GitHub's and npm's classic tokens end in six characters: CRC-32 of the thirty before them, in base 62. */
function hasChecksum(body: string): boolean {
  return body.slice(30) === checksumOf(body.slice(0, 30));
}

/** The last six characters of such a token, for the thirty before them. */
export function checksumOf(body: string): string {
  let text = '';
  for (let value = crc32(body); text.length < 6; value = Math.floor(value / 62))
    text = base62.charAt(value % 62) + text;
  return text;
}

/** `vipul-39d2….png`: a short prefix with a hash behind it, as builds name their files. */
function isFileName(text: string, start: number, stop: number): boolean {
  const glued = text.charAt(start + 3) === '-' && !startsWord(text, start);
  return (
    glued ||
    /^\.(?:png|jpe?g|gif|svg|webp|avif|ico|css|m?js|map|woff2?|ttf|mp4|wasm)(?![\w-])/.test(text.slice(stop, stop + 8))
  );
}

/** `sk-xxxxxxxx`: what documentation writes instead of a key. */
function isStandInRun(text: string, start: number, end: number): boolean {
  const first = text.charCodeAt(start) | 32;
  if (first !== 120) return false;
  for (let at = start; at < end; at++) if ((text.charCodeAt(at) | 32) !== 120) return false;
  return true;
}

/** Two letters stand in every other word: the first hex digit after them is part of the anchor. */
function anchorsOf({ prefix, chars }: KeyFormat): string[] {
  const lower = prefix.toLowerCase();
  return lower.length > 2 || chars !== 'hex' ? [lower] : [...'0123456789abcdef'].map((digit) => lower + digit);
}

/** A full stop or dash after the key belongs to the sentence. */
function trimmed(text: string, least: number, stop: number): number {
  let end = stop;
  while (end > least && (text.charCodeAt(end - 1) === 46 || text.charCodeAt(end - 1) === 45)) end--;
  return end;
}

function looksRandom(text: string, start: number, end: number): boolean {
  let run = 0;
  let digits = 0;
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (isIn(classes.digit, code)) digits++;
    run = isIn(classes.base62, code) ? run + 1 : 0;
    if (run >= 16) return true;
  }
  return digits >= 2;
}
