import type { BodyIssue } from '../../../shared/model/index.js';
import { type Coding, inflate, isZstdFrame } from './inflate.js';

export interface EncodingLimits {
  /** Bytes that a body may have after decoding. */
  maxOutputBytes: number;
  /** Output over input beyond which a body is a bomb, once it is larger than 16 MiB. */
  maxRatio: number;
}

export interface Decoded {
  bytes: Uint8Array;
  /** True where the bytes differ from those on the wire, so that arrival times do not apply. */
  encoded: boolean;
  /** The bytes are only the beginning of the content. */
  partial: boolean;
  /** Nothing could be decoded; `bytes` are those of the wire. */
  failed: 'undecodable' | 'bomb' | null;
  issues: Omit<BodyIssue, 'side'>[];
}

const names: Record<string, Coding> = { gzip: 'gzip', 'x-gzip': 'gzip', br: 'br', deflate: 'deflate', zstd: 'zstd' };
const ratioFloor = 16 * 1024 * 1024;
/** More codings than this on one body are an attack: each multiplies the work. */
const maxStack = 4;

/**
 * Undoes the codings named by a content-encoding header, last one first (RFC 9110 §8.4).
 * A header that lies is seen through: other magic numbers win, plain text is taken as it stands.
 */
export function decodeContent(wire: Uint8Array, encoding: string, limits: EncodingLimits, cut: boolean): Decoded {
  const stack = encoding
    .slice(0, 1024)
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity');
  const issues: Decoded['issues'] = [];
  let bytes = wire;
  let encoded = false;
  let partial = false;
  if (stack.length > maxStack) {
    issues.push({ code: 'content_encoding_invalid', message: `${stack.length} stacked content-encodings` });
    return { bytes: wire, encoded, partial, failed: 'undecodable', issues };
  }
  for (const name of stack.reverse()) {
    const coding = names[name];
    if (coding === undefined) {
      issues.push({ code: 'content_encoding_unknown', message: `content-encoding ${printable(name)} is not known` });
      if (looksPlain(bytes)) continue;
      return { bytes: wire, encoded, partial, failed: 'undecodable', issues };
    }
    const result = decodeOne(coding, bytes, limits);
    if (result === null) {
      issues.push({ code: 'content_encoding_invalid', message: `content-encoding says ${name}, the body is plain` });
      continue;
    }
    if (result.coding !== coding && !(coding === 'deflate' && result.coding === 'deflate-raw')) {
      issues.push({
        code: 'content_encoding_invalid',
        message: `content-encoding says ${name}, the body is ${result.coding}`,
      });
    }
    encoded = true;
    if (result.end !== 'complete') partial = true;
    if (result.end === 'bomb') {
      issues.push({ code: 'bomb', message: `${name} body grows beyond ${result.cap} bytes` });
    } else if (result.end === 'corrupt') {
      issues.push({
        code: 'content_encoding_invalid',
        message: `${name} body is corrupt after ${result.bytes.length} decoded bytes`,
      });
    } else if (result.end === 'cut' && !cut) {
      issues.push({
        code: 'stream_cut',
        message: `${name} body ends early after ${result.bytes.length} decoded bytes`,
      });
    }
    if (result.bytes.length === 0 && result.end !== 'complete') {
      return { bytes: wire, encoded, partial, failed: result.end === 'bomb' ? 'bomb' : 'undecodable', issues };
    }
    bytes = result.bytes;
  }
  return { bytes, encoded, partial, failed: null, issues };
}

/** The coding that a body without content-encoding header shows by its magic number. */
export function sniffCoding(bytes: Uint8Array): 'gzip' | 'zstd' | null {
  if (bytes.length < 4) return null;
  if (bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8) return 'gzip';
  return bytes[0] === 0x28 && isZstdFrame(bytes) ? 'zstd' : null;
}

interface OneResult {
  coding: Coding;
  bytes: Uint8Array;
  end: 'complete' | 'cut' | 'corrupt' | 'bomb';
  cap: number;
}

/** Null: the bytes are plainly not encoded. */
function decodeOne(named: Coding, bytes: Uint8Array, limits: EncodingLimits): OneResult | null {
  const cap = Math.min(limits.maxOutputBytes, Math.max(ratioFloor, bytes.length * limits.maxRatio));
  if (bytes.length === 0) return { coding: named, bytes, end: 'complete', cap };
  const attempts = candidates(named, bytes);
  let best: OneResult | null = null;
  for (const coding of attempts) {
    const { bytes: out, end } = inflate(coding, bytes, cap);
    const result = { coding, bytes: out, end, cap };
    if (end === 'complete' || end === 'bomb') return result;
    if (best === null || out.length > best.bytes.length) best = result;
  }
  // Text may begin like a valid brotli or raw deflate stream and give a few bytes of noise.
  return (best === null || best.bytes.length < bytes.length) && looksPlain(bytes) ? null : best;
}

function candidates(named: Coding, bytes: Uint8Array): Coding[] {
  const magic = sniffCoding(bytes);
  if (magic !== null) return magic === named ? [named] : [magic, named];
  if (named !== 'deflate') return [named];
  // RFC 9110 means the zlib format by `deflate`; some servers send it raw.
  const zlibHeader = ((bytes[0] as number) & 0x0f) === 8 && (((bytes[0] as number) << 8) | (bytes[1] ?? 0)) % 31 === 0;
  return zlibHeader ? ['deflate', 'deflate-raw'] : ['deflate-raw', 'deflate'];
}

/** Whether the beginning is printable text; compressed data never is for more than a few bytes. */
function looksPlain(bytes: Uint8Array): boolean {
  const sample = Math.min(bytes.length, 256);
  for (let i = 0; i < sample; i += 1) {
    const byte = bytes[i] as number;
    if (byte >= 0x7f || (byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 13)) {
      // A multi-byte character is fine once enough plain text stands before it.
      if (byte >= 0xc2 && i >= 16) continue;
      if (byte >= 0x80 && byte < 0xc0 && i > 16) continue;
      return false;
    }
  }
  return sample > 0;
}

function printable(name: string): string {
  return name.replace(/[^\x21-\x7e]/g, '?').slice(0, 40);
}
