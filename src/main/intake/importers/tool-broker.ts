import type { IntakeEvent, IntakeTrace, Json } from '../../../shared/model/index.js';
import { recordOf } from './build.js';
import { isObject, type JsonObject, member, numberOf, objectsOf, present, textOf, timeOf } from './fields.js';
import type { Importer } from './importer.js';
import { records } from './reading/values.js';

const id = 'tool-broker';
const groups = ['fixtures', 'calls', 'tool_calls', 'recordings'];

/** Fixtures of a tool broker: a list of {tool, arguments, response}, as tests and simulated environments keep them. */
export const toolBroker = {
  id,
  title: 'Tool broker fixtures',
  description: 'Lists of recorded tool calls: {tool, arguments, response}.',
  detect({ values }) {
    const rows = values.flatMap((value) => [value, ...groups.flatMap((group) => objectsOf(value[group]))]);
    return rows.some(isFixture) ? 0.9 : 0;
  },
  async *read(input, context) {
    const trace: IntakeTrace = { key: `${id}:${context.fileKey}`, kind: 'agent', title: 'Tool broker fixtures' };
    let count = 0;
    for await (const entry of records(input, groups)) {
      if ('skipped' in entry) {
        yield entry;
        continue;
      }
      if (!isFixture(entry.value)) {
        yield { skipped: { where: entry.where, reason: 'not {tool, arguments, response}' } };
        continue;
      }
      const { value } = entry;
      const stated = timeOf(member(value, 'timestamp', 'time', 'at'));
      const at = stated ?? context.at + count * 2;
      const called = textOf(value['id']) ?? textOf(value['tool_call_id']) ?? `${context.fileKey}:${count}`;
      const duration = numberOf(value['duration_ms']);
      const response = value['response'] as Json;
      const failed =
        'error' in value ||
        (isObject(response) &&
          (response['isError'] === true || response['is_error'] === true || Object.keys(response).join() === 'error'));
      const events: IntakeEvent[] = [
        {
          type: 'tool_call',
          tool_call_id: called,
          name: textOf(value['tool']) as string,
          arguments: value['arguments'] ?? value['args'] ?? {},
          at,
          metadata: present({ server: value['server'] }),
        },
        {
          type: 'tool_result',
          tool_call_id: called,
          result: response ?? value['error'] ?? null,
          at: at + (duration === undefined ? 1 : Math.round(duration * 1000)),
          ...present({ duration_ms: duration }),
          ...(failed ? { is_error: true } : {}),
        },
      ];
      yield {
        record: recordOf(id, `${context.fileKey}:${count}`, trace, { started_at: at, ended_at: at + 1 }, { events }),
        ...(stated === undefined ? { undated: true as const } : {}),
      };
      count += 1;
    }
  },
} satisfies Importer;

function isFixture(value: JsonObject): boolean {
  return (
    textOf(value['tool']) !== undefined &&
    ('arguments' in value || 'args' in value) &&
    ('response' in value || 'error' in value)
  );
}
