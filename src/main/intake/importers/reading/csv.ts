import { maxItemBytes } from '../importer.js';

/** A row of fields by the header's names, or why there is none. */
export type CsvRow = { row: { [name: string]: string }; number: number } | { number: number; problem: string };

/** Reads CSV (RFC 4180, first row names the columns) as it arrives. A quoted field may hold line ends. */
export async function* csvRows(input: AsyncIterable<Uint8Array>, limit = maxItemBytes): AsyncGenerator<CsvRow> {
  const decoder = new TextDecoder();
  let header: string[] | null = null;
  let number = 0;
  let fields: string[] = [];
  let field = '';
  let size = 0;
  let quoted = false;
  /** The last character closed a quoted field: a quote that follows stands for itself. */
  let closed = false;
  let empty = true;

  const endRow = function* (cut: boolean): Generator<CsvRow> {
    fields.push(field);
    const row = fields;
    const tooLarge = size > limit;
    const blank = empty;
    fields = [];
    field = '';
    size = 0;
    closed = false;
    empty = true;
    if (blank) return;
    number += 1;
    if (header === null) {
      header = row;
      return;
    }
    if (tooLarge) yield { number, problem: 'too large' };
    else if (cut && (quoted || row.length < header.length)) yield { number, problem: 'cut off' };
    else if (row.length !== header.length)
      yield { number, problem: `${row.length} fields instead of ${header.length}` };
    else yield { number, row: Object.fromEntries(header.map((name, index) => [name, row[index] as string])) };
  };

  const text = function* (piece: string): Generator<CsvRow> {
    let from = 0;
    const keep = (to: number) => {
      size += to - from;
      if (size <= limit) field += piece.slice(from, to);
    };
    for (let i = 0; i < piece.length; i += 1) {
      const c = piece.charCodeAt(i);
      if (quoted) {
        if (c !== 0x22) continue;
        keep(i);
        from = i + 1;
        quoted = false;
        closed = true;
      } else if (c === 0x22) {
        if (closed) field += '"';
        from = i + 1;
        quoted = true;
        closed = false;
        empty = false;
      } else if (c === 0x2c) {
        keep(i);
        from = i + 1;
        fields.push(field);
        field = '';
        closed = false;
        empty = false;
      } else if (c === 0x0a) {
        keep(i);
        field = closed ? field : field.replace(/\r$/, '');
        if (field !== '') empty = false;
        from = i + 1;
        yield* endRow(false);
      } else if (c === 0x0d && closed) from = i + 1;
    }
    keep(piece.length);
    if (field !== '') empty = false;
  };

  let first = true;
  for await (const chunk of input) {
    const piece = decoder.decode(chunk, { stream: true });
    yield* text(first ? piece.replace(/^\ufeff/, '') : piece);
    if (piece !== '') first = false;
  }
  yield* text(decoder.decode());
  if (!empty) yield* endRow(true);
}
