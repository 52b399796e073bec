import type { Json } from '../../shared/model/index.js';
import type { Note } from './report.js';

/** Finds what redaction would replace in a text; placeholders that it made are no findings. Never gives the value. */
export type Scan = (text: string) => readonly { entity: string; start: number; end: number }[];

/** UTF-16 units of one record that are searched: some seconds of work. */
const longest = 8_000_000;

/** Fields that hold no words: searching ids and times finds numbers that look like something. */
const wordless = new Set([
  'trace_id',
  'call_id',
  'step_id',
  'tool_call_id',
  'decision_id',
  'score_id',
  'exchange_id',
  'parent_call_id',
  'parent_trace_id',
  'parent_step_id',
  'predecessor_trace_id',
  'response_id',
  'message_hash',
  'timestamp',
  'started_at',
  'ended_at',
  'start_time',
  'end_time',
  'created_at',
  'updated_at',
  'tool_call_ids',
  'usage',
  'edge',
  'format',
  'type',
  'seq',
  'kind',
  'role',
  'status',
  'completion_status',
  'schema_version',
]);
/** Lists of records whose fields are searched one by one; what is deeper is searched as one JSON text. */
const recordLists = new Set(['calls', 'steps', 'tool_calls', 'decisions', 'scores', 'events', 'messages', 'actions']);
/** Arguments and results of tool calls stand in the steps too. */
const repeated = new Set(['tool_calls.arguments', 'tool_calls.result', 'calls.tools_offered']);

/** Notes every text of a record in which something personal or secret is left. */
export function checkLeftovers(record: { [key: string]: Json }, scan: Scan, note: Note, hasSteps: boolean): void {
  let searched = 0;
  const search = (value: Json | undefined, path: string) => {
    if (value === null || value === undefined || typeof value === 'number' || typeof value === 'boolean') return;
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    if (searched > longest) return;
    searched += text.length;
    if (searched > longest) {
      note('scan_limited', path, `Only the first ${longest} characters were searched.`);
      return;
    }
    for (const { entity, start, end } of scan(text)) note('pii_left', path, `${entity} at ${start}..${end}`);
  };
  const fields = (object: { [key: string]: Json }, path: string, list: string) => {
    for (const [name, value] of Object.entries(object)) {
      if (wordless.has(name) || (hasSteps && repeated.has(`${list}.${name}`))) continue;
      const at = path === '' ? name : `${path}.${name}`;
      if (list === '' && recordLists.has(name) && Array.isArray(value)) {
        for (const [index, item] of value.entries()) {
          if (typeof item === 'object' && item !== null && !Array.isArray(item)) fields(item, `${at}[${index}]`, name);
          else search(item, `${at}[${index}]`);
        }
      } else search(value, at);
    }
  };
  fields(record, '', '');
}
