import { telemetryTraceSchema } from '../../../shared/model/index.js';
import { telemetryRecord } from '../rest/telemetry.js';
import { contentKey, isObject, type JsonObject, textOf } from './fields.js';
import type { Importer } from './importer.js';
import { records } from './reading/values.js';

const id = 'pr-telemetry';

/** PR telemetry traces as they are sent to POST /traces, one a document or a line. */
export const prTelemetry = {
  id,
  title: 'PR telemetry',
  description: 'PR telemetry traces ({schema_version, developer_id, bug_id, repo, events}), as sent to POST /traces.',
  detect({ values }) {
    return values.some(isTelemetry) ? 1 : 0;
  },
  async *read(input) {
    for await (const entry of records(input)) {
      if ('skipped' in entry) {
        yield entry;
        continue;
      }
      const checked = telemetryTraceSchema.safeParse(asSent(entry.value));
      if (!checked.success) {
        const issue = checked.error.issues[0];
        yield { skipped: { where: entry.where, reason: `${issue?.path.join('.') || 'the trace'}: ${issue?.message}` } };
        continue;
      }
      const key = contentKey(entry.text);
      const record = telemetryRecord(checked.data, { retry: `import:${key}`, digest: key, imported: true });
      const { consent } = checked.data;
      yield { record: { ...record, key, source: `import:${id}` }, ...(consent === undefined ? {} : { consent }) };
    }
  },
} satisfies Importer;

/** A row as it was sent: what its layout gathers stands at its place again. */
function asSent({ extra, ...row }: JsonObject): JsonObject {
  return isObject(extra) ? { ...extra, ...row } : { ...row, ...(extra === undefined ? {} : { extra }) };
}

function isTelemetry(value: JsonObject): boolean {
  return textOf(value['developer_id']) !== undefined && ('repo' in value || 'bug_id' in value);
}
