import { parseJson } from '../../ground/json.js';
import { contentKey, isObject, type JsonObject, objectOf, textOf } from './fields.js';
import type { ImportContext, Importer, ImportItem } from './importer.js';
import { type Evaluation, sampleItems } from './inspect/sample.js';
import { headBytes, peek, readHead } from './reading/input.js';
import { records } from './reading/values.js';
import { firstEntryName, isZip, zipEntries } from './reading/zip.js';

const id = 'inspect';
const ownEntry = /^(header\.json|summaries\.json|reductions\.json|_journal\/.*|samples\/.*\.json)$/;

/**
 * Logs of Inspect AI: `.eval` (a ZIP archive with a file a sample) and `.json`. A sample is a trace of model calls, with the
 * scores that its scorers gave.
 */
export const inspect = {
  id,
  title: 'Inspect log',
  description: 'Logs of Inspect AI (.eval and .json): samples with their model calls, tools and scores.',
  packed: 'zip',
  detect({ bytes, values }) {
    if (isZip(bytes)) return ownEntry.test(firstEntryName(bytes)) ? 1 : 0;
    return values.some(isLog) ? 1 : 0;
  },
  async *read(input, context) {
    const { head, all } = await peek(input, headBytes);
    if (isZip(head)) yield* archive(all, context);
    else {
      const log = readHead('', head).values[0] ?? {};
      const of = evaluationOf(log, context);
      if (log['samples'] === undefined || log['samples'] === null)
        yield { skipped: { where: 'the document', reason: 'a log without samples' } };
      for await (const entry of records(all, ['samples'])) {
        if ('skipped' in entry) yield entry;
        else yield* sampleItems(entry.value, entry.where, of);
      }
    }
  },
} satisfies Importer;

function isLog(value: JsonObject): boolean {
  const evaluation = objectOf(value['eval']);
  return 'version' in value && isObject(value['eval']) && ('task' in evaluation || 'run_id' in evaluation);
}

function evaluationOf(log: JsonObject, context: ImportContext): Evaluation {
  const evaluation = objectOf(log['eval']);
  const key = textOf(evaluation['eval_id']) ?? textOf(evaluation['run_id']);
  return {
    importer: id,
    key: key ?? context.fileKey,
    task: textOf(evaluation['task']),
    model: textOf(evaluation['model']),
    at: context.at,
  };
}

/** What the log says of itself stands in its first file while it is written, and in the last one at its end. */
async function* archive(input: AsyncIterable<Uint8Array>, context: ImportContext): AsyncGenerator<ImportItem> {
  let of: Evaluation | null = null;
  const waiting: { sample: JsonObject; where: string }[] = [];
  const emitted = new Set<string>();
  for await (const entry of zipEntries(input)) {
    const isSample = entry.name.startsWith('samples/');
    const says = entry.name === '_journal/start.json' || entry.name === 'header.json';
    if (!isSample && !says) continue;
    if ('problem' in entry) {
      yield { skipped: { where: entry.name, reason: entry.problem } };
      continue;
    }
    const text = Buffer.from(entry.bytes.buffer, entry.bytes.byteOffset, entry.bytes.byteLength).toString('utf8');
    const value = parseJson(text);
    if (!isObject(value)) yield { skipped: { where: entry.name, reason: 'not JSON' } };
    else if (says) {
      of ??= evaluationOf(value, context);
      for (const { sample, where } of waiting.splice(0)) yield* sampleItems(sample, where, of);
    } else if (!('messages' in value)) yield { skipped: { where: entry.name, reason: 'not a sample' } };
    else if (emitted.has(contentKey(text))) continue;
    else if (of === null) waiting.push({ sample: value, where: entry.name });
    else {
      emitted.add(contentKey(text));
      yield* sampleItems(value, entry.name, of);
    }
  }
  const fallback = of ?? evaluationOf({}, context);
  for (const { sample, where } of waiting) yield* sampleItems(sample, where, fallback);
}
