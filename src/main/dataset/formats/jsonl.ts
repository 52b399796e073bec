import type { Json } from '../../../shared/model/index.js';
import { jsonText } from '../columns.js';
import type { FileFormat, Row } from './format.js';
import { createHashedFile } from './hashed-file.js';

/** Characters gathered before they are written. */
const batchChars = 256 * 1024;

/** JSON Lines: one JSON object a line, UTF-8, LF, no BOM (jsonlines.org). Absent columns are left out. */
export const jsonl = {
  id: 'jsonl',
  title: 'JSON Lines',
  description: 'Readable by everything.',
  extension: 'jsonl',
  async open(path) {
    const file = await createHashedFile(path);
    let lines: string[] = [];
    let chars = 0;
    let rows = 0;
    const flush = async () => {
      const bytes = Buffer.from(lines.join(''));
      lines = [];
      chars = 0;
      await file.write(bytes);
    };
    return {
      async write(row) {
        const line = `${jsonText(row as Json)}\n`;
        lines.push(line);
        chars += line.length;
        rows += 1;
        if (chars >= batchChars) await flush();
      },
      async finish() {
        await flush();
        return { rows, ...(await file.finish()) };
      },
      abandon: () => file.abandon(),
    };
  },
  shown: (row: Row) => JSON.parse(jsonText(row as Json)) as Json,
} satisfies FileFormat;
