import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { mediaFromBase64, mediaFromUrl } from '../../../../src/main/decode/formats/media.js';

const bytes = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0x00, 0x10, 0x4a, 0xfb, 0xef, 0xbe]);
const sha256 = createHash('sha256').update(bytes).digest('hex');

describe('the hash of a medium', () => {
  it('is of its bytes, however they are written', () => {
    const base64 = bytes.toString('base64');
    const written = [
      mediaFromBase64('image', base64),
      mediaFromBase64('image', bytes.toString('base64url')),
      mediaFromBase64('image', `${base64.slice(0, 6)}\n${base64.slice(6)}`),
      mediaFromUrl('image', `data:image/jpeg;base64,${base64}`),
      mediaFromUrl('image', `data:image/jpeg;name=a.jpg;BASE64,${base64}`),
    ];
    for (const part of written) expect(part).toMatchObject({ bytes: bytes.length, sha256 });
    expect(mediaFromUrl('image', `data:image/jpeg;base64,${base64}`)).toMatchObject({ media_type: 'image/jpeg' });
  });

  it('is of the text where that is the medium', () => {
    const text = 'hi%20there';
    expect(mediaFromUrl('file', `data:text/plain,${text}`)).toEqual({
      type: 'media',
      media: 'file',
      media_type: 'text/plain',
      bytes: 10,
      sha256: createHash('sha256').update(text).digest('hex'),
    });
  });
});
