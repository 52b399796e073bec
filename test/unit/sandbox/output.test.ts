import { describe, expect, it } from 'vitest';
import { keepEnds, readFrames } from '../../../src/main/sandbox/output.js';

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

describe('keepEnds', () => {
  it.each([1, 3, 1000])('keeps everything that fits, in pieces of %i', (piece) => {
    const kept = keepEnds(10);
    for (let at = 0; at < 10; at += piece) kept.add(Buffer.from('0123456789').subarray(at, at + piece));
    const { head, tail, dropped_bytes } = kept.ends();
    expect([text(head), text(tail), dropped_bytes]).toEqual(['01234', '56789', 0]);
  });

  it('keeps the first and last halves of a flood, and counts the rest', () => {
    const kept = keepEnds(100_001);
    const piece = Buffer.alloc(10_000, 'x');
    kept.add(Buffer.from('first'));
    for (let index = 0; index < 1000; index += 1) kept.add(piece);
    kept.add(Buffer.from([0xff, 0x00, 0xc3]));
    const { head, tail, dropped_bytes } = kept.ends();
    expect([head.length, tail.length]).toEqual([50_001, 50_000]);
    expect(text(head).startsWith('firstxxx')).toBe(true);
    expect([...tail.subarray(-3)]).toEqual([0xff, 0x00, 0xc3]);
    expect(dropped_bytes).toBe(10_000_008 - 100_001);
  });
});

describe('readFrames', () => {
  const frame = (stream: number, content: string) => {
    const header = Buffer.alloc(8);
    header[0] = stream;
    header.writeUInt32BE(content.length, 4);
    return Buffer.concat([header, Buffer.from(content)]);
  };
  const bytes = Buffer.concat([frame(1, 'out'), frame(2, ''), frame(2, 'error'), frame(1, 'more')]);

  it.each([1, 2, 7, 9, 1000])('reads frames that come in pieces of %i', (piece) => {
    const got = { stdout: '', stderr: '' };
    const read = readFrames((content, stream) => {
      got[stream] += text(content);
    });
    for (let at = 0; at < bytes.length; at += piece) read(bytes.subarray(at, at + piece));
    expect(got).toEqual({ stdout: 'outmore', stderr: 'error' });
  });
});
