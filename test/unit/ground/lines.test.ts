import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { linesOf } from '../../../src/main/ground/lines.js';

async function lines(text: string, size: number): Promise<string[]> {
  const bytes = Buffer.from(text);
  const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
    bytes.subarray(at * size, (at + 1) * size),
  );
  const found: string[] = [];
  for await (const line of linesOf(Readable.from(chunks))) found.push(line);
  return found;
}

it('lines end at LF and CRLF and nowhere else, wherever chunks are cut', async () => {
  const text = 'a\u2028b\u2029c\u0085d\r\n\n日本語\re\nlast';
  for (const size of [1, 2, 3, 7, 1000])
    expect(await lines(text, size)).toEqual(['a\u2028b\u2029c\u0085d', '', '日本語\re', 'last']);
  expect(await lines('x\n', 1)).toEqual(['x']);
  expect(await lines('', 1)).toEqual([]);
});
