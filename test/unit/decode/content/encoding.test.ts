import * as zlib from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeContent } from '../../../../src/main/decode/content/encoding.js';
import { type Coding, inflate } from '../../../../src/main/decode/content/inflate.js';
import { bytes } from '../support.js';

const encoders: Record<Coding, (input: Uint8Array) => Buffer> = {
  gzip: (input) => zlib.gzipSync(input),
  br: (input) => zlib.brotliCompressSync(input, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 4 } }),
  zstd: (input) => zlib.zstdCompressSync(input),
  deflate: (input) => zlib.deflateSync(input),
  'deflate-raw': (input) => zlib.deflateRawSync(input),
};
const codings = Object.keys(encoders) as Coding[];
const limits = { maxOutputBytes: 4_000_000, maxRatio: 250 };
const decode = (wire: Uint8Array, encoding: string, cut = false) => decodeContent(wire, encoding, limits, cut);
const text = (value: Uint8Array) => Buffer.from(value).toString('utf8');
/** Text that compresses somewhat, so that streams have several blocks. */
const story = bytes(Array.from({ length: 4000 }, (_, i) => `line ${i}: ${Math.sqrt(i)} gulls`).join('\n'));

describe('inflate', () => {
  it.each(codings)('%s: gives back what was encoded', (coding) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (input) => {
        const { bytes: output, end } = inflate(coding, encoders[coding](input), 10_000);
        expect(end).toBe('complete');
        expect(Buffer.compare(output, input)).toBe(0);
      }),
      { numRuns: 40 },
    );
  });

  it.each(codings)('%s: gives the beginning of a cut stream, wherever it is cut', (coding) => {
    const wire = encoders[coding](story.subarray(0, 3000));
    for (let at = 0; at < wire.length; at += 7) {
      const { bytes: output, end } = inflate(coding, wire.subarray(0, at), 10_000);
      expect(end).not.toBe('complete');
      expect(Buffer.compare(output, story.subarray(0, output.length))).toBe(0);
    }
  });

  it.each(['gzip', 'deflate', 'deflate-raw', 'br'] as const)('%s: loses little of a cut stream', (coding) => {
    const wire = encoders[coding](story);
    const { bytes: output } = inflate(coding, wire.subarray(0, wire.length - 20), 1e9);
    expect(output.length).toBeGreaterThan(story.length * 0.9);
  });

  it.each(codings)('%s: never throws on damage, and what it gives stays under the cap', (coding) => {
    const wire = encoders[coding](story);
    fc.assert(
      fc.property(fc.nat(wire.length - 1), fc.uint8Array({ minLength: 1, maxLength: 9 }), (at, noise) => {
        const damaged = Buffer.from(wire);
        damaged.set(noise.subarray(0, damaged.length - at), at);
        expect(inflate(coding, damaged, 50_000).bytes.length).toBeLessThanOrEqual(50_000);
      }),
      { numRuns: 60 },
    );
  });

  it('keeps the text of a gzip body whose checksum is wrong', () => {
    const wire = encoders.gzip(bytes('{"short":true}'));
    wire[wire.length - 6] = (wire[wire.length - 6] as number) ^ 0xff;
    const { bytes: output, end } = inflate('gzip', wire, 1000);
    expect(end).toBe('corrupt');
    expect('{"short":true}'.startsWith(text(output))).toBe(true);
  });

  it('reads members and frames that follow each other', () => {
    const twice = (coding: Coding) => Buffer.concat([encoders[coding](bytes('one ')), encoders[coding](bytes('two'))]);
    expect(text(inflate('gzip', twice('gzip'), 100).bytes)).toBe('one two');
    expect(text(inflate('zstd', twice('zstd'), 100).bytes)).toBe('one two');
  });

  it.each(codings)('%s: stops at the cap with what came before it', (coding) => {
    const wire = encoders[coding](Buffer.alloc(20_000_000, 'a'));
    const { bytes: output, end } = inflate(coding, wire, 1_000_000);
    expect(end).toBe('bomb');
    expect(output.length).toBe(1_000_000);
    expect(output.every((byte) => byte === 0x61)).toBe(true);
  });
});

describe('decodeContent', () => {
  const plain = bytes('{"tide":"high"}');

  it.each([
    ['gzip', encoders.gzip(plain)],
    ['x-gzip', encoders.gzip(plain)],
    ['GZIP', encoders.gzip(plain)],
    ['br', encoders.br(plain)],
    ['zstd', encoders.zstd(plain)],
    ['deflate', encoders.deflate(plain)],
    ['deflate', encoders['deflate-raw'](plain)],
    ['gzip, br', encoders.br(encoders.gzip(plain))],
    ['identity, gzip', encoders.gzip(plain)],
  ])('undoes %s', (encoding, wire) => {
    expect(decode(wire, encoding)).toMatchObject({ encoded: true, partial: false, failed: null, issues: [] });
    expect(text(decode(wire, encoding).bytes)).toBe('{"tide":"high"}');
  });

  it.each(['gzip', 'br', 'zstd', 'deflate'])('sees that a body called %s is plain', (encoding) => {
    const decoded = decode(plain, encoding);
    expect(text(decoded.bytes)).toBe('{"tide":"high"}');
    expect(decoded).toMatchObject({ encoded: false, failed: null, issues: [{ code: 'content_encoding_invalid' }] });
  });

  it('follows the magic number where the header names another coding', () => {
    const decoded = decode(encoders.zstd(plain), 'gzip');
    expect(text(decoded.bytes)).toBe('{"tide":"high"}');
    expect(decoded.issues).toMatchObject([{ code: 'content_encoding_invalid' }]);
  });

  it('marks unknown codings, and reads the body where it is plain', () => {
    expect(decode(plain, 'compress')).toMatchObject({ failed: null, issues: [{ code: 'content_encoding_unknown' }] });
    expect(decode(Uint8Array.of(0x1f, 0x9d, 0x90), 'compress')).toMatchObject({ failed: 'undecodable' });
    expect(decode(plain, 'gzip, gzip, gzip, gzip, gzip')).toMatchObject({ failed: 'undecodable' });
  });

  it('marks what is cut, corrupt or neither', () => {
    const wire = encoders.gzip(story);
    expect(decode(wire.subarray(0, 5000), 'gzip')).toMatchObject({ partial: true, issues: [{ code: 'stream_cut' }] });
    expect(decode(wire.subarray(0, 5000), 'gzip', true)).toMatchObject({ partial: true, issues: [] });
    const damaged = Buffer.from(wire).fill(0xff, 6000, 6040);
    expect(decode(damaged, 'gzip')).toMatchObject({ partial: true, issues: [{ code: 'content_encoding_invalid' }] });
    const noise = Uint8Array.from({ length: 64 }, (_, i) => (i * 89) ^ 0xa5);
    expect(decode(noise, 'gzip')).toMatchObject({ failed: 'undecodable' });
  });

  it('stops bombs by size and by ratio', () => {
    const zeros = encoders.gzip(Buffer.alloc(6_000_000));
    expect(decode(zeros, 'gzip')).toMatchObject({ partial: true, failed: null, issues: [{ code: 'bomb' }] });
    const wide = { maxOutputBytes: 1e9, maxRatio: 250 };
    const ratio = decodeContent(encoders.br(Buffer.alloc(40_000_000)), 'br', wide, false);
    expect(ratio.issues).toMatchObject([{ code: 'bomb' }]);
    expect(ratio.bytes.length).toBe(16 * 1024 * 1024);
  });
});
