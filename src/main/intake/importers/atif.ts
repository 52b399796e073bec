import type { ChatMessage, IntakeEvent, IntakeTrace, Json, Micros, Part } from '../../../shared/model/index.js';
import { toolOffers } from '../messages/tool-offers.js';
import { isEmpty, recordOf, requestOf, responseOf, usageOf } from './build.js';
import {
  contentKey,
  countOf,
  isObject,
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
  const { own, former, aliases } = namesOf(document, steps, hash, context, parent === null);
  const formerly = (place: number | 'end') =>
    former === null ? {} : { formerly: { record: `${former}:${place}`, trace: `${id}:${former}` } };
  const key = `${id}:${own}`;
  const name = textOf(agent['name']) ?? 'agent';
  const version = textOf(agent['version']);
  const client = version === undefined ? name : `${name}/${version}`;
  const continued = textOf(document['continued_trajectory_ref']);
  const next = continued === undefined ? undefined : context.fileAt?.(continued);
  const trace: IntakeTrace = {
    key,
    kind: 'agent',
    ...present({ title: titleOf(plainText(steps.find((step) => step['source'] === 'user')?.['message'])) }),
    ...(parent === null ? {} : { parent_key: parent.key, ...present({ parent_tool_call_id: parent.calls.get(own) }) }),
    ...(aliases.length === 0 ? {} : { aliases }),
    ...(next === undefined ? {} : { continued_by: [fileKey(next)] }),
    metadata: present({
      agent: agent as Json,
      copied_history: steps.some((step) => step['is_copied_context'] === true) || undefined,
      notes: document['notes'],
      final_metrics: document['final_metrics'],
      continued: document['continued_trajectory_ref'],
      session_id: document['session_id'],
      extra: document['extra'],
    }),
  };
  const embedded = new Set(
    objectsOf(document['subagent_trajectories']).flatMap((child) => textOf(child['trajectory_id']) ?? []),
  );
  /** Agents in files of their own that what is not given out yet tells of. */
  let spawned: NonNullable<IntakeTrace['spawns']> = [];
  const withSpawned = (): IntakeTrace => {
    const withChildren = spawned.length === 0 ? trace : { ...trace, spawns: spawned };
    spawned = [];
    return withChildren;
  };
  const dated = steps.every((step) => timeOf(step['timestamp']) !== undefined);
  const undated = dated ? {} : { undated: true as const };
  const calls = new Map<string, string>();
  let input: ChatMessage[] = [];
  /** Of these so many were copied. */
  let copied = 0;
  let answered = 0;
  let last: Micros = context.at;
  for (const [index, step] of steps.entries()) {
    const at = dated ? (timeOf(step['timestamp']) as Micros) : context.at + index * 2;
    const source = textOf(step['source']);
    const before = index === 0 ? at : last;
    last = at;
    for (const { ref, call } of delegations(step)) {
      const named = textOf(ref['trajectory_id']) ?? textOf(ref['session_id']);
      if (named !== undefined && call !== undefined) calls.set(named, call);
      if (step['is_copied_context'] === true || embedded.has(textOf(ref['trajectory_id']) ?? '')) continue;
      for (const child of keysOf(ref, context))
        spawned.push({ key: child, ...(call === undefined ? {} : { tool_call_id: call }) });
    }
    // A step that another trajectory already holds, repeated as context: no call, but what the next one was given.
    if (step['is_copied_context'] === true) {
      const message = source === 'agent' ? answer(step) : spoken(step, source);
      input.push(...(isEmpty(message) ? [] : [message]), ...results(step));
      copied = input.length;
      continue;
    }
    const number = countOf(step['step_id']) ?? index + 1;
    const recordKey = `${own}:${number}`;
    if (source !== 'agent') {
      input.push(spoken(step, source), ...results(step));
      continue;
    }
    if (step['llm_call_count'] === 0) {
      yield {
        record: recordOf(id, recordKey, withSpawned(), { started_at: at }, { client, events: dispatched(step, at) }),
        ...undated,
        ...formerly(number),
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
        withSpawned(),
        { started_at: Math.min(before, at), ended_at: at },
        {
          client,
          call: {
            format: id,
            request: requestOf(input, {
              model,
              tools: toolOffers(agent['tool_definitions']),
              params: present({ reasoning_effort: step['reasoning_effort'] }),
              history_complete: answered === 0,
              ...(copied === 0 ? {} : { copied }),
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
      ...formerly(number),
    };
    answered += 1;
    input = results(step);
    copied = 0;
  }
  if (input.length > 0) {
    const events = input.flatMap((message) =>
      message.parts.flatMap((part): IntakeEvent[] => remainder(message, part, last)),
    );
    if (events.length > 0)
      yield {
        record: recordOf(id, `${own}:end`, withSpawned(), { started_at: last }, { client, events }),
        ...undated,
        ...formerly('end'),
      };
  }
  if (depth >= maxDepth) return;
  for (const [index, child] of objectsOf(document['subagent_trajectories']).entries()) {
    yield* trajectory(child, contentKey(hash, String(index)), context, { key, calls }, depth + 1);
  }
}

/**
 * How other files name a trajectory. Before version 1.7 the session's id named one document, since then a run that may have
 * several; documents of one session that begin differently are told apart.
 */
function namesOf(
  document: JsonObject,
  steps: JsonObject[],
  hash: string,
  context: ImportContext,
  top: boolean,
): { own: string; former: string | null; aliases: string[] } {
  const named = textOf(document['trajectory_id']);
  const session = top ? textOf(document['session_id']) : undefined;
  const beginning = steps.find((step) => step['source'] === 'user') ?? steps[0] ?? {};
  const begins =
    session === undefined ? undefined : `${session}:${contentKey(plainText(beginning['message'])).slice(0, 8)}`;
  const place = top ? context.fileAt?.() : undefined;
  return {
    own: named ?? begins ?? hash,
    // Documents of one session were one trace.
    former: named === undefined ? (session ?? null) : null,
    aliases: [
      ...(session === undefined || isSince17(document) ? [] : [`${id}:${session}`]),
      ...(place === undefined ? [] : [fileKey(place)]),
    ],
  };
}

function isSince17(document: JsonObject): boolean {
  const [, major, minor] = /^ATIF-v(\d+)\.(\d+)/.exec(textOf(document['schema_version']) ?? '') ?? [];
  return Number(major) > 1 || Number(minor) >= 7;
}

const fileKey = (place: string) => `${id}:file:${place}`;

/** Keys of the trajectory that a reference is to: by its id, its file, or, as versions before 1.7 have it, its session. */
function keysOf(ref: JsonObject, context: ImportContext): string[] {
  const named = textOf(ref['trajectory_id']);
  if (named !== undefined) return [`${id}:${named}`];
  const path = textOf(ref['trajectory_path']);
  const place = path === undefined || /^[a-z][a-z0-9+.-]+:/i.test(path) ? undefined : context.fileAt?.(path);
  const session = textOf(ref['session_id']);
  return [...(place === undefined ? [] : [fileKey(place)]), ...(session === undefined ? [] : [`${id}:${session}`])];
}

/** References to the trajectories of agents that a step started, with the tool call that did. */
function delegations(step: JsonObject): { ref: JsonObject; call: string | undefined }[] {
  const called = objectsOf(step['tool_calls']);
  return objectsOf(objectOf(step['observation'])['results']).flatMap((result) => {
    const refs = result['subagent_trajectory_ref'];
    const only = called.length === 1 ? textOf(called[0]?.['tool_call_id']) : undefined;
    const call = textOf(result['source_call_id']) ?? only;
    return (isObject(refs) ? [refs] : objectsOf(refs)).map((ref) => ({ ref, call }));
  });
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
  const messageEvents: IntakeEvent[] = text === '' ? [] : [{ type: 'message', role: 'assistant', content: text, at }];
  return [
    ...messageEvents,
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
