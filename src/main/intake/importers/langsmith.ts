import type { IntakeEvent, IntakeTrace, Json } from '../../../shared/model/index.js';
import { answeredConversation, type Conversation, sentConversation } from '../messages/conversation.js';
import { toolOffers } from '../messages/tool-offers.js';
import { unreadEvents, unreadItems } from '../messages/unread.js';
import { errorOf, firstWords, recordOf, requestOf, responseOf, usageOf } from './build.js';
import {
  askedBy,
  countOf,
  isObject,
  type JsonObject,
  member,
  numberOf,
  objectOf,
  objectsOf,
  present,
  textOf,
  timeOf,
  titleOf,
  unwrapped,
} from './fields.js';
import type { ImportContext, Importer, ImportItem } from './importer.js';
import { inTime } from './reading/in-time.js';
import { records } from './reading/values.js';

const id = 'langsmith';
const runTypes = new Set(['llm', 'chat', 'tool', 'chain', 'retriever', 'embedding', 'prompt', 'parser']);

/** Runs as LangSmith's API, SDK (`Run`) and bulk export write them: one row a run, linked by trace_id and parent_run_id. */
export const langsmith = {
  id,
  title: 'LangSmith export',
  description: 'Runs exported from LangSmith as JSON or JSONL.',
  detect({ values }) {
    const rows = values.flatMap((value) => (Array.isArray(value['runs']) ? objectsOf(value['runs']) : [value]));
    return rows.some(isRun) ? 0.95 : 0;
  },
  read: (input, context) => inTime(items(input, context)),
} satisfies Importer;

async function* items(input: AsyncIterable<Uint8Array>, context: ImportContext): AsyncGenerator<ImportItem> {
  for await (const entry of records(input, ['runs'])) {
    if ('skipped' in entry) yield entry;
    else yield* runs(entry.value, entry.where, context, 0);
  }
}

function isRun(row: JsonObject): boolean {
  return runTypes.has(String(row['run_type'])) && textOf(row['id']) !== undefined && 'start_time' in row;
}

/** A run and, where the export nests them, the runs under it. */
function* runs(row: JsonObject, where: string, context: ImportContext, depth: number): Generator<ImportItem> {
  if (!isRun(row)) {
    yield { skipped: { where, reason: 'not a run' } };
    return;
  }
  yield* run(row, where, context);
  if (depth >= 32) return;
  for (const [index, child] of objectsOf(row['child_runs']).entries()) {
    const traceId = member(child, 'trace_id') ?? member(row, 'trace_id') ?? row['id'];
    yield* runs({ ...child, trace_id: traceId as Json }, `${where}.child_runs[${index}]`, context, depth + 1);
  }
}

function* run(row: JsonObject, where: string, context: ImportContext): Generator<ImportItem> {
  const runId = textOf(row['id']) as string;
  const started = timeOf(row['start_time']);
  if (started === undefined) {
    yield { skipped: { where, reason: 'a run without time' } };
    return;
  }
  const ended = timeOf(row['end_time']) ?? started;
  const times = { started_at: started, ended_at: ended };
  const type = String(row['run_type']);
  const root = member(row, 'parent_run_id') === undefined;
  const extra = objectOf(unwrapped(row['extra']));
  const metadata = objectOf(extra['metadata']);
  const failure = textOf(row['error']);
  const thread = textOf(metadata['thread_id']) ?? textOf(metadata['session_id']) ?? textOf(metadata['conversation_id']);
  const trace: IntakeTrace = {
    key: `${id}:${textOf(member(row, 'trace_id')) ?? runId}`,
    kind: 'agent',
    ...(root
      ? {
          completion_status:
            failure === undefined ? (member(row, 'end_time') === undefined ? 'running' : 'completed') : 'failed',
          metadata: present({
            name: row['name'],
            project: member(row, 'session_name', 'session_id'),
            thread_id: thread,
            tags: Array.isArray(row['tags']) && row['tags'].length > 0 ? row['tags'] : undefined,
          }),
        }
      : {}),
  };
  const input = unwrapped(row['inputs']);
  const output = unwrapped(row['outputs']);
  const base = { at: started, duration_ms: (ended - started) / 1000, event_id: runId };
  const name = textOf(row['name']) ?? type;
  const key = `run:${runId}`;
  const span = { id: runId, parent_id: textOf(row['parent_run_id']) ?? null, where };
  if (type === 'llm' || type === 'chat' || type === 'embedding') {
    const sent = sentConversation(input, context.readMessages);
    const answered = answeredConversation(output, context.readMessages);
    const call = callOf(row, type, { ...sent, body: input }, { ...answered, body: output }, extra, failure);
    const title = titleOf(firstWords(call.request.messages));
    yield {
      span,
      record: recordOf(id, key, { ...trace, ...(title === undefined ? {} : { title }) }, times, {
        call,
        events: unreadEvents({ event_id: `${runId}:unread`, at: started, name }, sent, answered),
        extra: present({ name, parent_run_id: row['parent_run_id'] }),
      }),
    };
    yield* unreadItems(where, sent, answered);
    return;
  }
  let events: IntakeEvent[];
  if (type === 'tool' || type === 'retriever') {
    const inputs = objectOf(input);
    const asked = askedBy(output, inputs, objectOf(extra['metadata']));
    const result = resultOf(output) ?? failure ?? null;
    events = [
      {
        type: 'tool_execution',
        name,
        arguments: argumentsOf(inputs),
        result,
        ...(failure === undefined ? {} : { is_error: true }),
        ...(asked === undefined ? {} : { tool_call_id: asked }),
        ...base,
      },
    ];
  } else if (failure !== undefined)
    events = [{ type: 'error', code: 'run_failed', message: failure, details: { name }, ...base }];
  // The steps of a graph only pass on what the calls and tools under them hold.
  else if (!root) events = [{ type: 'state_change', description: `${type} ${name}`, ...base }];
  else events = [];
  yield { span, record: recordOf(id, key, trace, times, { events }) };
}

function callOf(
  row: JsonObject,
  type: string,
  sent: Conversation & { body: Json | undefined },
  answered: Conversation & { body: Json | undefined },
  extra: JsonObject,
  failure: string | undefined,
) {
  const params = objectOf(extra['invocation_params']);
  const metadata = objectOf(extra['metadata']);
  const made = objectOf(answered.body);
  const spent = objectOf(objectOf(made['llm_output'])['token_usage']);
  const usage = isObject(made['usage_metadata'])
    ? made['usage_metadata']
    : isObject(made['usage'])
      ? made['usage']
      : spent;
  const details = objectOf(member(usage, 'input_token_details', 'prompt_tokens_details'));
  const outputDetails = objectOf(member(usage, 'output_token_details', 'completion_tokens_details'));
  const model =
    textOf(params['model']) ??
    textOf(params['model_name']) ??
    textOf(metadata['ls_model_name']) ??
    textOf(made['model']) ??
    null;
  const { tools, functions, model: _model, model_name: _name, _type, ...kept } = params;
  const price = numberOf(row['total_cost']);
  const first = timeOf(row['first_token_time']);
  return {
    format: id,
    request: requestOf(sent.messages, {
      model,
      params: kept,
      tools: [...toolOffers(tools ?? functions), ...sent.tools],
      history_complete: sent.messages.length > 0,
      ...(type === 'embedding' ? { operation: 'embeddings' as const } : {}),
    }),
    response: responseOf(answered.messages, {
      response_id: /^(chatcmpl|resp|msg)[-_]/.test(textOf(made['id']) ?? '') ? (made['id'] as string) : null,
      model: textOf(made['model']) ?? model,
      usage: usageOf({
        input_tokens: countOf(member(row, 'prompt_tokens') ?? member(usage, 'input_tokens', 'prompt_tokens')),
        output_tokens: countOf(member(row, 'completion_tokens') ?? member(usage, 'output_tokens', 'completion_tokens')),
        cached_input_tokens: countOf(member(details, 'cache_read', 'cached_tokens')),
        reasoning_tokens: countOf(member(outputDetails, 'reasoning', 'reasoning_tokens')),
      }),
      error: errorOf(failure),
    }),
    ...(price === undefined ? {} : { cost_usd: price }),
    ...(first === undefined ? {} : { first_token_at: first }),
  };
}

/** LangChain hands a tool its arguments as text in `input`. */
function argumentsOf(inputs: JsonObject): Json {
  const keys = Object.keys(inputs);
  return keys.length === 1 && keys[0] === 'input' ? (unwrapped(inputs['input']) ?? {}) : inputs;
}

function resultOf(output: Json | undefined): Json | undefined {
  const inner = isObject(output) && Object.keys(output).length === 1 ? output['output'] : undefined;
  if (inner === undefined) return output;
  // A ToolMessage: its content is the result.
  if (isObject(inner)) return objectOf(inner['kwargs'])['content'] ?? inner['content'] ?? inner;
  return inner;
}
