import { code } from './markdown.js';
import type { PartStory } from './story.js';

/** USAGE.md: how the folder is read. */
export function usageText({ manifest, layout, pack }: PartStory): string {
  const first = manifest.files[0]?.name ?? '';
  const name = (file: string) => JSON.stringify(file);
  const ending = manifest.compress === undefined ? '' : `, packed with ${manifest.compress}`;
  const readers = {
    jsonl: [`import duckdb; duckdb.sql("SELECT * FROM read_json_auto('${first}', format='newline_delimited')")`],
    parquet: [
      `import pyarrow.parquet as pq; table = pq.read_table(${name(first)})`,
      `import duckdb; duckdb.sql("SELECT * FROM '${first}'")`,
    ],
    huggingface: [`import pyarrow.parquet as pq; table = pq.read_table(${name(first)})`],
    csv: [
      `import csv; rows = list(csv.DictReader(open(${name(first)}, newline='', encoding='utf-8')))`,
      '# text that begins with an apostrophe has one too many: text.removeprefix("\'")',
    ],
    harbor: [
      'import json',
      `tasks = [json.loads(line)["task"] for line in open(${name(first)}, encoding="utf-8")]`,
      `# a folder each: harbor run -p ${first.replace(/\.jsonl$/, '')}/<task>`,
    ],
    tfrecord: [
      'import tensorflow as tf',
      `records = tf.data.TFRecordDataset(${name(first)}${manifest.compress === 'gzip' ? ', compression_type="GZIP"' : ''})`,
      'example = tf.train.Example.FromString(next(iter(records)).numpy())',
    ],
  }[manifest.format];
  const load =
    manifest.format === 'tfrecord' || manifest.format === 'harbor'
      ? []
      : ['from datasets import load_dataset  # 4.7 or later', 'dataset = load_dataset(".")  # this folder'];
  return [
    '# Usage',
    '',
    `${pack === null ? layout.description : pack.description} Files are ${manifest.format}${ending}; SCHEMA.md says what the columns are.`,
    '',
    '```python',
    ...load,
    ...readers,
    '```',
    '',
    `Check the folder: ${code('sluice dataset verify .')}, with ${code('--trainer T')} for what a trainer would do with each row. manifest.sig signs manifest.json, which has the hash of every file and a root over all rows.`,
    '',
    'provenance.parquet says of each row which trace, call, step and exchange it comes from: an erasure at the source follows it.',
    '',
    `What was replaced stands as \`<ENTITY_7f3a9c21>\` or as a made-up value; do not try to find out whose it was. Consents and licences are in README.md and, by row or trace, in ${code('consent.jsonl')}.`,
    '',
  ].join('\n');
}
