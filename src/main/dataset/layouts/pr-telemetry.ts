import * as z from 'zod';
import { type Json, jsonSchema, qaResultsSchema, type Trace } from '../../../shared/model/index.js';
import { isObject } from '../../ground/json.js';
import { plainTime } from '../plain-time.js';
import { telemetryEvents } from '../telemetry/events.js';
import type { TraceLayout } from './layout.js';

const row = z.object({
  schema_version: z.string().describe('Version of this shape'),
  trace_id: z.string().describe('What its program calls the trace, else its id'),
  developer_id: z.string().describe('Who worked on it, as it was sent'),
  bug_id: z.string().optional().describe('What was worked on'),
  repo: jsonSchema.describe('Name, url, branch, commit_before, commit_after and test_command of the repository'),
  start_time: z.iso.datetime({ precision: null }).describe('Begin of the session, UTC'),
  end_time: z.iso.datetime({ precision: null }).optional().describe('Its end, UTC; absent while it runs'),
  events: jsonSchema.describe('What happened, in order: event_type, timestamp, data'),
  qa_results: qaResultsSchema.describe(
    'What its tests came to and how its reasoning was judged; empty where nothing ran',
  ),
  extra: jsonSchema.optional().describe('What was sent besides'),
});

/** Fields of the metadata that have columns, and what the engine itself put there. */
const columns = [...Object.keys(row.shape), 'test_command', 'finalized_at'];

export const prTelemetry = {
  id: 'pr-telemetry',
  title: 'PR telemetry',
  description: 'One row per debugging session: developer, repository, events in order, results of its tests.',
  of: 'trace',
  consent: 'column',
  row,
  *rows(trace) {
    const { developer_id, repo } = trace.metadata ?? {};
    if (typeof developer_id !== 'string' || !isObject(repo)) yield { skipped: 'no PR telemetry' };
    else if (trace.started_at === null) yield { skipped: 'its source told no times, which the shape needs' };
    else yield { row: rowOf(trace, trace.started_at, developer_id, repo) };
  },
} satisfies TraceLayout<typeof row>;

function rowOf(trace: Trace, started_at: string, developer_id: string, repo: Json): z.infer<typeof row> {
  const metadata = trace.metadata ?? {};
  const text = (name: string) => {
    const value = metadata[name];
    return typeof value === 'string' ? value : undefined;
  };
  const bug_id = text('bug_id');
  const ended = text('end_time') ?? (trace.completion_status === 'running' ? null : trace.ended_at);
  const extra = Object.entries(metadata).filter(([name]) => !columns.includes(name));
  return {
    schema_version: text('schema_version') ?? '1.0',
    trace_id: text('trace_id') ?? trace.trace_id,
    developer_id,
    ...(bug_id === undefined ? {} : { bug_id }),
    repo,
    start_time: plainTime(text('start_time') ?? started_at),
    ...(ended === null ? {} : { end_time: plainTime(ended) }),
    events: telemetryEvents(trace) as unknown as Json,
    qa_results: trace.qa_results ?? {},
    ...(extra.length === 0 ? {} : { extra: Object.fromEntries(extra) }),
  };
}
