import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { SluiceError } from '../../../shared/errors.js';
import { linesOf } from '../../ground/lines.js';
import { addFingerprints, fingerprintFormat } from './fingerprints.js';
import { GramIndex } from './index-of-grams.js';

/** Rows of a Parquet file that are held at once. */
const rowsAtOnce = 1000;

/**
 * n-grams of the texts in these files: .jsonl (every text field of each line), .json (every text in it, or fingerprints that were
 * saved), .parquet (every text column), any other as plain text by paragraphs. `words`: of an n-gram.
 * Throws `validation_failed` for a file that cannot be read or that holds no text.
 */
export async function indexFiles(paths: readonly string[], words: number, signal?: AbortSignal): Promise<GramIndex> {
  const index = new GramIndex(words);
  for (const path of paths) {
    signal?.throwIfAborted();
    const before = index.texts;
    try {
      // Opening a pipe waits for whoever writes into it.
      if (!(await stat(path)).isFile()) throw new Error('it is no regular file');
      await addFile(index, path);
    } catch (error) {
      if (error instanceof SluiceError) throw error;
      throw new SluiceError('validation_failed', `${path} cannot be read: ${(error as Error).message}`);
    }
    if (index.texts === before) throw new SluiceError('validation_failed', `${path} holds no text.`);
  }
  return index;
}

async function addFile(index: GramIndex, path: string): Promise<void> {
  const file = basename(path);
  const small = path.toLowerCase();
  if (small.endsWith('.parquet')) return addParquet(index, path, file);
  if (small.endsWith('.jsonl') || small.endsWith('.ndjson')) return addLines(index, path, file);
  const text = await readFile(path, 'utf8');
  if (small.endsWith('.json')) {
    if (text.includes(fingerprintFormat) && text.trimStart().startsWith('{"format":'))
      addFingerprints(index, text, file);
    else addValue(index, JSON.parse(text), file, 1);
    return;
  }
  let line = 1;
  for (const paragraph of text.split(/(\n\s*\n)/)) {
    if (paragraph.trim() !== '') index.add(paragraph, { file, line });
    line += paragraph.split('\n').length - 1;
  }
}

async function addLines(index: GramIndex, path: string, file: string): Promise<void> {
  let line = 0;
  for await (const text of linesOf(createReadStream(path))) {
    line += 1;
    if (text.trim() === '') continue;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      throw new SluiceError('validation_failed', `${file}, line ${line}: not JSON.`);
    }
    addValue(index, value, file, line);
  }
}

async function addParquet(index: GramIndex, path: string, file: string): Promise<void> {
  const buffer = await asyncBufferFromFile(path);
  for (let from = 0; ; from += rowsAtOnce) {
    const rows = await parquetReadObjects({ file: buffer, rowStart: from, rowEnd: from + rowsAtOnce });
    for (const [at, row] of rows.entries()) addValue(index, row, file, from + at + 1);
    if (rows.length < rowsAtOnce) return;
  }
}

function addValue(index: GramIndex, value: unknown, file: string, line: number): void {
  if (typeof value === 'string') {
    if (value.trim() !== '') index.add(value, { file, line });
  } else if (Array.isArray(value)) for (const inner of value) addValue(index, inner, file, line);
  else if (typeof value === 'object' && value !== null)
    for (const inner of Object.values(value)) addValue(index, inner, file, line);
}
