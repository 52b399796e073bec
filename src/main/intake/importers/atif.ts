import type { ChatMessage, IntakeEvent, IntakeTrace, Json, Micros, Part } from '../../../shared/model/index.js';
import { toolOffers } from '../messages/tool-offers.js';
import { isEmpty, recordOf, requestOf, responseOf, usageOf } from './build.js';
import {
  contentKey,
  countOf,
  type JsonObject,
  numberOf,
  objectOf,
  objectsOf,
  plainText,
  present,
  textOf,
  timeOf,
  titleOf,
} from './fields.js';
import type { ImportContext, Importer, ImportItem } from './importer.js';
import { records } from './reading/values.js';

const id = 'atif';
const maxDepth = 8;

/**
 * Agent Trajectory Interchange Format, versions 1.0 to 1.8 (harbor-framework/harbor, rfcs/0001-trajectory-format.md): a
 * trajectory a document, an agent's step is a model call with its tool calls and their observations.
 */
export const atif = {
  id,
  title: 'ATIF trajectory',
  description: 'Agent Trajectory Interchange Format (Harbor, Terminal-Bench), one trajectory a document or a line.',
  detect({ values }) {
    return values.some((value) => /^ATIF-v\d/.test(textOf(value['schema_version']) ?? '')) ? 1 : 0;
  },
  async *read(input, context) {
    for await (const entry of records(input)) {
      if ('skipped' in entry) yield entry;
      else if (!/^ATIF-v\d/.test(textOf(entry.value['schema_version']) ?? ''))
        yield { skipped: { where: entry.where, reason: 'not a trajectory' } };
      else yield* trajectory(entry.value, contentKey(entry.text), context, null, 0);
    }
  },
} satisfies Importer;

interface Parent {
  key: string;
  /** Tool call that the agent's trajectory answers, by trajectory id or session id. */
  calls: Map<string, string>;
}

function* trajectory(
  document: JsonObject,
  hash: string,
  context: ImportContext,
  parent: Parent | null,
  depth: number,
): Generator<ImportItem> {
  const agent = objectOf(document['agent']);
  const steps = objectsOf(document['steps']);
  const own =
    textOf(document['trajectory_id']) ?? (parent === null ? textOf(document['session_id']) : undefined) ?? hash;
  const key = `${id}:${own}`;
  const name = textOf(agent['name']) ?? 'agent';
  const version = textOf(agent['version']);
  const client = version === undefined ? name : `${name}/${version}`;
  const trace: IntakeTrace = {
    key,
    kind: 'agent',
    ...present({ title: titleOf(plainText(steps.find((step) => step['source'] === 'user')?.['message'])) }),
    ...(parent === null ? {} : { parent_key: parent.key, ...present({ parent_tool_call_id: parent.calls.get(own) }) }),
    metadata: present({
      agent: agent as Json,
      notes: document['notes'],
      final_metrics: document['final_metrics'],
      continued: document['continued_trajectory_ref'],
      session_id: document['session_id'],
      extra: document['extra'],
    }),
  };
  const dated = steps.every((step) => timeOf(step['timestamp']) !== undefined);
  const undated = dated ? {} : { undated: true as const };
  const calls = new Map<string, string>();
  let said: ChatMessage[] = [];
  let answered = 0;
  let last: Micros = context.at;
  for (const [index, step] of steps.entries()) {
    const at = dated ? (timeOf(step['timestamp']) as Micros) : context.at + index * 2;
    const source = textOf(step['source']);
    const before = index === 0 ? at : last;
    last = at;
    for (const result of objectsOf(objectOf(step['observation'])['results'])) {
      for (const ref of objectsOf(result['subagent_trajectory_ref'])) {
        const named = textOf(ref['trajectory_id']) ?? textOf(ref['session_id']);
        const call = textOf(result['source_call_id']);
        if (named !== undefined && call !== undefined) calls.set(named, call);
      }
    }
    // A step that another trajectory already holds, repeated as context: no call, but what the next one was given.
    if (step['is_copied_context'] === true) {
      const copied = source === 'agent' ? answer(step) : spoken(step, source);
      said.push(...(isEmpty(copied) ? [] : [copied]), ...results(step));
      continue;
    }
    const number = countOf(step['step_id']) ?? index + 1;
    const recordKey = `${own}:${number}`;
    if (source !== 'agent') {
      said.push(spoken(step, source), ...results(step));
      continue;
    }
    if (step['llm_call_count'] === 0) {
      yield {
        record: recordOf(id, recordKey, trace, { started_at: at }, { client, events: dispatched(step, at) }),
        ...undated,
      };
      continue;
    }
    const metrics = objectOf(step['metrics']);
    const model = textOf(step['model_name']) ?? textOf(agent['model_name']) ?? null;
    const price = numberOf(metrics['cost_usd']);
    yield {
      record: recordOf(
        id,
        recordKey,
        trace,
        { started_at: Math.min(before, at), ended_at: at },
        {
          client,
          call: {
            format: id,
            request: requestOf(said, {
              model,
              tools: toolOffers(agent['tool_definitions']),
              params: present({ reasoning_effort: step['reasoning_effort'] }),
              history_complete: answered === 0,
            }),
            response: responseOf([answer(step)], {
              model,
              usage: usageOf({
                input_tokens: countOf(metrics['prompt_tokens']),
                output_tokens: countOf(metrics['completion_tokens']),
                cached_input_tokens: countOf(metrics['cached_tokens']),
              }),
            }),
            ...(price === undefined ? {} : { cost_usd: price }),
          },
          ...(step['extra'] === undefined ? {} : { extra: step['extra'] }),
        },
      ),
      ...undated,
    };
    answered += 1;
    said = results(step);
  }
  if (said.length > 0) {
    const events = said.flatMap((message) =>
      message.parts.flatMap((part): IntakeEvent[] => remainder(message, part, last)),
    );
    if (events.length > 0)
      yield { record: recordOf(id, `${own}:end`, trace, { started_at: last }, { client, events }), ...undated };
  }
  if (depth >= maxDepth) return;
  for (const [index, child] of objectsOf(document['subagent_trajectories']).entries()) {
    yield* trajectory(child, contentKey(hash, String(index)), context, { key, calls }, depth + 1);
  }
}

function spoken(step: JsonObject, source: string | undefined): ChatMessage {
  return { role: source === 'system' ? 'system' : 'user', parts: contentParts(step['message']) };
}

function answer(step: JsonObject): ChatMessage {
  const parts: Part[] = [];
  const reasoning = textOf(step['reasoning_content']);
  if (reasoning !== undefined) parts.push({ type: 'reasoning', text: reasoning });
  parts.push(...contentParts(step['message']));
  for (const call of objectsOf(step['tool_calls'])) {
    parts.push({
      type: 'tool_call',
      id: textOf(call['tool_call_id']) ?? null,
      name: textOf(call['function_name']) ?? 'unknown',
      arguments: call['arguments'] ?? {},
    });
  }
  return { role: 'assistant', parts };
}

/**
 * What the environment answered. Results that name no call answer the calls of their step that none names, in their order,
 * where there are as many; a single one came behind the last of several, the others brought nothing of their own (a
 * terminal is looked at once). Any other is what the user's side said.
 */
function results(step: JsonObject): ChatMessage[] {
  const listed = objectsOf(objectOf(step['observation'])['results']);
  const named = new Set(listed.flatMap((result) => textOf(result['source_call_id']) ?? []));
  const open = objectsOf(step['tool_calls'])
    .flatMap((call) => textOf(call['tool_call_id']) ?? [])
    .filter((call) => !named.has(call));
  const unnamed = listed.filter((result) => textOf(result['source_call_id']) === undefined);
  const paired = open.length === unnamed.length || unnamed.length === 1;
  return listed.flatMap((result): ChatMessage[] => {
    const content = result['content'];
    const source = textOf(result['source_call_id']);
    if (source === undefined && (!paired || open.length === 0)) return [{ role: 'user', parts: contentParts(content) }];
    const calls = source !== undefined ? [source] : unnamed.length === 1 ? open.splice(0) : open.splice(0, 1);
    const value = content ?? result['subagent_trajectory_ref'] ?? '';
    return calls.map((call, index) => ({
      role: 'tool',
      parts: [{ type: 'tool_result', tool_call_id: call, result: index === calls.length - 1 ? value : '' }],
    }));
  });
}

function contentParts(content: Json | undefined): Part[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }];
  return objectsOf(content).map((part): Part => {
    if (part['type'] === 'text') return { type: 'text', text: textOf(part['text']) ?? '' };
    const source = objectOf(part['source']);
    const media = part['type'] === 'audio' ? 'audio' : part['type'] === 'image' ? 'image' : 'file';
    return { type: 'media', media, ...present({ media_type: source['media_type'], url: source['path'] }) };
  });
}

/** An agent's step that no model made: its calls and their results happened all the same. */
function dispatched(step: JsonObject, at: Micros): IntakeEvent[] {
  const calls = objectsOf(step['tool_calls']).map(
    (call): IntakeEvent => ({
      type: 'tool_call',
      name: textOf(call['function_name']) ?? 'unknown',
      arguments: call['arguments'] ?? {},
      at,
      ...present({ tool_call_id: call['tool_call_id'] }),
    }),
  );
  const text = plainText(step['message']);
  const said: IntakeEvent[] = text === '' ? [] : [{ type: 'message', role: 'assistant', content: text, at }];
  return [
    ...said,
    ...calls,
    ...results(step).flatMap((message) => message.parts.flatMap((part) => remainder(message, part, at))),
  ];
}

function remainder(message: ChatMessage, part: Part, at: Micros): IntakeEvent[] {
  if (part.type === 'text') return [{ type: 'message', role: message.role, content: part.text, at }];
  if (part.type !== 'tool_result') return [];
  return [
    {
      type: 'tool_result',
      result: part.result,
      at,
      ...(part.tool_call_id === null ? {} : { tool_call_id: part.tool_call_id }),
    },
  ];
}
