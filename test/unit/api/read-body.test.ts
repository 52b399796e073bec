import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readBody } from '../../../src/main/api/body.js';

function read(chunks: Buffer[], limit = 10_000_000, announced?: number) {
  const stream = Object.assign(new PassThrough(), {
    headers: announced === undefined ? {} : { 'content-length': String(announced) },
  });
  const body = readBody(stream as never, limit);
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  return body;
}

describe('readBody', () => {
  it('gathers a body in blocks that nothing else has a part of', async () => {
    const sent = Buffer.from(Array.from({ length: 700_000 }, (_, at) => at % 251));
    for (const announced of [undefined, sent.length]) {
      const chunks = [sent.subarray(0, 3), sent.subarray(3, 300_000), sent.subarray(300_000)];
      const blocks = await read(chunks, undefined, announced);
      expect(Buffer.concat(blocks).equals(sent)).toBe(true);
      expect(blocks.every(({ byteLength, buffer }) => byteLength === buffer.byteLength)).toBe(true);
    }
  });

  it('takes an empty body, and one that is as long as may be', async () => {
    expect(await read([])).toEqual([]);
    expect(await read([], 10, 0)).toEqual([]);
    expect(Buffer.concat(await read([Buffer.from('0123456789')], 10))).toHaveLength(10);
  });

  it('refuses what is larger, before it comes where it is announced', async () => {
    await expect(read([], 10, 11)).rejects.toMatchObject({ code: 'body_too_large', details: { limit_bytes: 10 } });
    await expect(read([Buffer.alloc(11)], 10)).rejects.toMatchObject({ code: 'body_too_large' });
  });

  it('says that a body broke off', async () => {
    const stream = Object.assign(new PassThrough(), { headers: {} });
    const body = readBody(stream as never, 10);
    stream.write('a');
    stream.destroy();
    await expect(body).rejects.toMatchObject({ code: 'request_invalid' });
  });
});
