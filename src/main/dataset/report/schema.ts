import * as z from 'zod';
import type { Column } from '../columns.js';
import { flatColumns } from '../formats/flat.js';
import { code, table } from './markdown.js';
import type { PartStory } from './story.js';

/** schema.json: the columns, and the JSON Schema (2020-12) of a row. */
export function schemaJson({ manifest, shape }: PartStory) {
  return {
    format_version: 1,
    layout: manifest.layout,
    format: manifest.format,
    columns: manifest.columns,
    row: z.toJSONSchema(shape, { unrepresentable: 'any', io: 'output' }),
  };
}

const kinds = {
  jsonl: 'A column that has no value is absent from its line; columns of type json are JSON values as they are.',
  parquet:
    'Columns of type json and text hold JSON text (text: a string as it is); times are microseconds in UTC; lists and structs nest.',
  huggingface:
    'Columns of type json and text hold JSON text (text: a string as it is); times are microseconds in UTC; lists and structs nest. `datasets` 4.7 and later gives the JSON as values.',
  harbor:
    'A list of tasks, one a line, and beside it a folder of its name with a folder for each task as Harbor 1.4 reads it. Columns of text stand in the files of that folder; the list has the names of the files that are edited. Fields are what `sluice dataset verify` reads back.',
  csv: 'One head line, LF, UTF-8. A struct is a column `struct.field` for each of its fields; lists and json are JSON text; times ISO-8601. An empty cell is no value, `""` an empty text. Text that begins with = + - @, a tab, a carriage return or an apostrophe has one apostrophe more in front, so that no spreadsheet runs it: take one away to have the text again.',
  tfrecord:
    'Records are `tf.train.Example`. A struct is a feature `struct.field` for each of its fields; texts, lists and json (as JSON text) are bytes lists; times (microseconds), int and boolean are int64 lists; double is a float list, which has 32 bits. What has no value is absent.',
} as const;

export function schemaText({ manifest, layout }: PartStory): string {
  const flat = manifest.format === 'csv' || manifest.format === 'tfrecord';
  const columns = flat ? flatColumns(manifest.columns) : rowsOf(manifest.columns);
  return [
    '# Schema',
    '',
    `Rows of the layout ${code(manifest.layout)} (${layout.title}) as ${manifest.format}. Every file has these columns, whatever its rows hold.`,
    '',
    ...table(
      ['column', 'type', 'nullable', 'meaning'],
      columns.map(({ name, type, nullable, description }) => [code(name), type, nullable ? 'yes' : 'no', description]),
    ),
    kinds[manifest.format],
    '',
    'schema.json has the same with the JSON Schema of a row.',
    '',
  ].join('\n');
}

/** A column and what nests in it, by their paths. */
function rowsOf(columns: readonly Column[], above = ''): Column[] {
  return columns.flatMap((column) => {
    const name = `${above}${column.name}`;
    const inner =
      column.type === 'list'
        ? [{ ...(column.of as Column), name: '[]' }]
        : column.type === 'struct'
          ? column.fields
          : [];
    return [{ ...column, name }, ...rowsOf(inner as Column[], column.type === 'list' ? name : `${name}.`)];
  });
}
