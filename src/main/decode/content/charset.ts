import { isUtf8 } from 'node:buffer';
import type { MediaType } from './headers.js';

export interface Text {
  text: string;
  /** Bytes before the first character: the byte order mark. */
  skipped: number;
  /** Some bytes were not valid in their charset and became U+FFFD. */
  replaced: boolean;
  /** False where a character is not one or more UTF-8 bytes, so that offsets cannot be told. */
  utf8: boolean;
}

/**
 * Text of a body. UTF-8 unless a byte order mark or, for media types that define one, the charset parameter says else;
 * JSON and event streams are UTF-8 by definition and a charset there is ignored when the bytes are valid UTF-8.
 * `cut`: the body ends early, so a split last character is no error.
 */
export function toText(bytes: Uint8Array, media: MediaType, cut: boolean): Text {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return utf16(buffer, 'utf-16le');
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return utf16(buffer, 'utf-16be');
  const skipped = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  const end = cut ? endOfWholeCharacters(bytes) : bytes.length;
  const body = skipped === 0 && end === bytes.length ? buffer : buffer.subarray(skipped, Math.max(skipped, end));
  const valid = isUtf8(body);
  const { charset } = media;
  if (
    skipped === 0 &&
    charset !== undefined &&
    charset !== 'utf-8' &&
    charset !== 'utf8' &&
    !(valid && isUtf8Type(media.type))
  ) {
    const decoder = decoderFor(charset);
    if (decoder !== null) {
      const text = decoder.decode(bytes);
      return { text, skipped: 0, replaced: text.includes('�'), utf8: false };
    }
  }
  if (valid) return { text: body.toString('utf8'), skipped, replaced: false, utf8: true };
  return { text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(body), skipped, replaced: true, utf8: true };
}

function utf16(buffer: Buffer, label: 'utf-16le' | 'utf-16be'): Text {
  const text = new TextDecoder(label).decode(buffer);
  return { text, skipped: 2, replaced: !text.isWellFormed() || text.includes('�'), utf8: false };
}

function isUtf8Type(type: string): boolean {
  return type.endsWith('json') || type === 'text/event-stream';
}

function decoderFor(charset: string): { decode(bytes: Uint8Array): string } | null {
  try {
    return new TextDecoder(charset);
  } catch {
    return null;
  }
}

/** Length without a last character whose bytes are not all there. */
function endOfWholeCharacters(bytes: Uint8Array): number {
  const { length } = bytes;
  for (let back = 1; back <= Math.min(3, length); back += 1) {
    const byte = bytes[length - back] as number;
    if (byte < 0x80) return length;
    if (byte >= 0xc0) {
      const need = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return need > back ? length - back : length;
    }
  }
  return length;
}
