import type { Json } from '../../../shared/model/index.js';
import { linesOf } from '../../ground/lines.js';
import { unpacked } from '../../ground/unpacked.js';
import { jsonText } from '../columns.js';
import type { FileFormat, Row } from './format.js';
import { createHashedFile } from './hashed-file.js';

/** Characters gathered before they are written. */
const batchChars = 256 * 1024;

/** What some readers take for the end of a line; in JSON it stands in strings alone. */
const lineEnds = ['\u0085', '\u2028', '\u2029'] as const;

/** Looked for one by one: next to no row has one, and that is known soonest so. */
function inOneLine(json: string): string {
  let text = json;
  for (const end of lineEnds)
    if (text.includes(end)) text = text.replaceAll(end, `\\u${end.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return text;
}

/** JSON Lines: one JSON object a line, UTF-8, LF, no BOM (jsonlines.org). Absent columns are left out. */
export const jsonl = {
  id: 'jsonl',
  title: 'JSON Lines',
  description: 'Readable by everything.',
  extension: 'jsonl',
  packed: { gzip: '.gz', zstd: '.zst' },
  open: (path, _columns, compress) => openLines(path, (row) => inOneLine(jsonText(row as Json)), compress),
  async *rows(path) {
    for await (const line of linesOf(unpacked(path))) {
      if (line.trim() !== '') yield JSON.parse(line) as Row;
    }
  },
  shown: (row: Row) => JSON.parse(jsonText(row as Json)) as Json,
} satisfies FileFormat;

/** A file of one text for each row, each ended by LF, behind a `head`. */
export async function openLines(
  path: string,
  textOf: (row: Row) => string,
  compress: Parameters<typeof createHashedFile>[1],
  head = '',
): Promise<Awaited<ReturnType<FileFormat['open']>>> {
  const file = await createHashedFile(path, compress);
  let text = head;
  let rows = 0;
  const flush = async () => {
    const bytes = Buffer.from(text);
    text = '';
    await file.write(bytes);
  };
  return {
    write(row) {
      text += `${textOf(row)}\n`;
      rows += 1;
      return text.length >= batchChars ? flush() : null;
    },
    bytes: () => file.bytes() + (compress === undefined ? text.length : 0),
    async finish() {
      await flush();
      return { rows, ...(await file.finish()) };
    },
    abandon: () => file.abandon(),
  };
}
