const lf = 0x0a;
const cr = 0x0d;

/**
 * The lines of a text in UTF-8, each ended by LF or CRLF and by nothing else: `node:readline` ends one at U+2028 too, which JSON has in
 * its strings as it is.
 */
export async function* linesOf(input: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let parts: Buffer[] = [];
  for await (const chunk of input) {
    let start = 0;
    for (let at = chunk.indexOf(lf); at !== -1; at = chunk.indexOf(lf, start)) {
      const rest = chunk.subarray(start, at);
      yield textOf(parts.length === 0 ? rest : Buffer.concat([...parts, rest]));
      if (parts.length > 0) parts = [];
      start = at + 1;
    }
    if (start < chunk.length) parts.push(chunk.subarray(start));
  }
  if (parts.length > 0) yield textOf(Buffer.concat(parts));
}

function textOf(line: Buffer): string {
  return line.toString('utf8', 0, line.at(-1) === cr ? line.length - 1 : line.length);
}
