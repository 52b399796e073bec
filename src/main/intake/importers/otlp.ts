import { createOtlpReader } from '../otlp/index.js';
import { isObject, listOf } from './fields.js';
import type { Importer } from './importer.js';
import { records } from './reading/values.js';

const id = 'otlp';

/** OTLP JSON as the collector's file exporter and `TracesData` documents hold it: resourceSpans, one a document or a line. */
export const otlp = {
  id,
  title: 'OpenTelemetry traces',
  description: 'OTLP in JSON ({resourceSpans}), a document or one export a line: GenAI and OpenInference spans.',
  detect({ values }) {
    return values.some((value) => Array.isArray(value['resourceSpans']) || Array.isArray(value['resource_spans']))
      ? 1
      : 0;
  },
  async *read(input, context) {
    // It remembers which conversation a trace belongs to over the lines of the file.
    const readExport = createOtlpReader(context.readMessages);
    for await (const entry of records(input, ['resourceSpans', 'resource_spans'])) {
      if ('skipped' in entry) {
        yield entry;
        continue;
      }
      // A document is read one resource at a time, a line is an export of its own.
      const exported = entry.group === '' ? entry.value : { resourceSpans: [entry.value] };
      if (!isObject(exported) || listOf(exported['resourceSpans'] ?? exported['resource_spans']).length === 0) continue;
      const {
        records: found,
        left_out,
        rejected,
        message,
      } = readExport(new TextEncoder().encode(JSON.stringify(exported)), 'application/json');
      for (const record of found) yield { record };
      for (const skipped of left_out) yield { skipped };
      if (rejected > 0) yield { skipped: { where: entry.where, reason: message } };
    }
  },
} satisfies Importer;
