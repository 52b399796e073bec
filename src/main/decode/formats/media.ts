import { createHash } from 'node:crypto';
import type { Json, Part } from '../../../shared/model/index.js';
import { isObject, textOf } from './json.js';

type MediaPart = Extract<Part, { type: 'media' }>;

/**
 * Media given as base64: hash and size of its bytes, never the payload. What versions before this one stored keeps the hash of
 * the base64 text: the bytes that it was of are not there any more.
 */
export function mediaFromBase64(media: MediaPart['media'], base64: string, mediaType?: string): MediaPart {
  return mediaFromBytes(media, Buffer.from(base64, 'base64'), mediaType);
}

function mediaFromBytes(media: MediaPart['media'], bytes: Uint8Array, mediaType: string | undefined): MediaPart {
  return {
    type: 'media',
    media,
    ...(mediaType === undefined ? {} : { media_type: mediaType }),
    bytes: bytes.byteLength,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
}

/** Media given as URL; a base64 `data:` URL is treated as its payload, other `data:` URLs by their text. */
export function mediaFromUrl(media: MediaPart['media'], url: string): MediaPart {
  if (!/^data:/i.test(url)) return { type: 'media', media, url };
  const comma = url.indexOf(',');
  const head = comma === -1 ? '' : url.slice(5, Math.min(comma, 512));
  const [mediaType, ...parameters] = head.split(';');
  const payload = comma === -1 ? url : url.slice(comma + 1);
  const coded = parameters.some((parameter) => parameter.trim().toLowerCase() === 'base64');
  return mediaFromBytes(media, Buffer.from(payload, coded ? 'base64' : 'utf8'), mediaType || undefined);
}

/** Media given by the vendor's id of an uploaded file, written `file:<id>`. */
export function mediaFromFile(media: MediaPart['media'], fileId: string): MediaPart {
  return { type: 'media', media, url: `file:${fileId}` };
}

/** Shorter `data:` URLs are icons and placeholders, and cost less than their hash. */
const minPayload = 256;

/**
 * A copy of a value in which base64 payloads (Anthropic's `base64` sources, `data:` URLs) are replaced by what media
 * parts say of them. The value itself is returned where there are none. Recursion ends with the nesting that reading
 * allows.
 */
export function withoutPayloads(value: Json): Json {
  if (typeof value === 'string') {
    if (value.length < minPayload || !value.startsWith('data:') || !value.slice(0, 128).includes(';base64,'))
      return value;
    return { ...mediaFromUrl('file', value) };
  }
  if (Array.isArray(value)) {
    let copy: Json[] | null = null;
    value.forEach((item, index) => {
      const clean = withoutPayloads(item);
      if (clean === item) return;
      copy ??= [...value];
      copy[index] = clean;
    });
    return copy ?? value;
  }
  if (!isObject(value)) return value;
  if (value.type === 'base64' && typeof value.data === 'string') {
    return { ...mediaFromBase64('file', value.data, textOf(value.media_type)) };
  }
  let changed = false;
  const entries = Object.entries(value).map(([key, item]): [string, Json] => {
    const clean = withoutPayloads(item);
    changed ||= clean !== item;
    return [key, clean];
  });
  return changed ? Object.fromEntries(entries) : value;
}
