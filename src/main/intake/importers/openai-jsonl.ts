import type { ChatMessage, IntakeEvent, IntakeTrace, Json } from '../../../shared/model/index.js';
import { toolOffers } from '../messages/tool-offers.js';
import { firstWords, recordOf, requestOf, responseOf } from './build.js';
import { contentKey, isObject, type JsonObject, listOf, present, textOf, titleOf } from './fields.js';
import type { ImportContext, Importer, ImportItem } from './importer.js';
import { isTrajectory } from './mini-swe-agent.js';
import { records } from './reading/values.js';

const id = 'openai-chat';
/** Microseconds: of a line's own calls each takes two. */
const betweenLines = 20_000;
const ownFields = new Set([
  'messages',
  'tools',
  'functions',
  'model',
  'prompt',
  'completion',
  'input',
  'preferred_output',
  'non_preferred_output',
]);

/** OpenAI's fine-tuning files: chat, prompt and completion, preference pairs. `sluice export --layout openai-chat` too. */
export const openaiJsonl = {
  id,
  title: 'OpenAI chat JSONL',
  description: 'Fine-tuning files: conversations ({messages, tools}), {prompt, completion} and preference pairs.',
  detect({ values }) {
    const lines = values.filter((line) => isConversation(line) || isCompletion(line) || isPreference(line));
    return lines.length === 0 ? 0 : (0.9 * lines.length) / values.length;
  },
  async *read(input, context) {
    /** How often a line has come: equal ones are conversations of their own. */
    const times = new Map<string, number>();
    let at = context.at;
    for await (const entry of records(input)) {
      if ('skipped' in entry) yield entry;
      else {
        const key = contentKey(entry.text);
        const before = times.get(key) ?? 0;
        times.set(key, before + 1);
        yield* items(entry.value, before === 0 ? key : `${key} ${before}`, entry.where, { ...context, at });
        // Without times the first of the file is the newest: so lists and exports have them in its order.
        at -= betweenLines;
      }
    }
  },
} satisfies Importer;

function isConversation(line: JsonObject): boolean {
  const messages = line['messages'];
  return (
    Array.isArray(messages) &&
    !('trajectory' in line) &&
    !isTrajectory(line) &&
    !('trace_id' in line) &&
    messages.every((message) => isObject(message) && 'role' in message)
  );
}

function isCompletion(line: JsonObject): boolean {
  return typeof line['prompt'] === 'string' && typeof line['completion'] === 'string';
}

function isPreference(line: JsonObject): boolean {
  return 'preferred_output' in line && 'non_preferred_output' in line;
}

function* items(line: JsonObject, key: string, where: string, context: ImportContext): Generator<ImportItem> {
  if (isPreference(line)) yield* preference(line, key, where, context);
  else if (isCompletion(line)) {
    const messages = [
      { role: 'user', content: line['prompt'] as string },
      { role: 'assistant', content: line['completion'] as string },
    ];
    yield* conversation({ ...line, messages }, key, where, context);
  } else if (isConversation(line)) yield* conversation(line, key, where, context);
  else yield { skipped: { where, reason: 'neither a conversation, a completion nor a preference pair' } };
}

/** One trace a line, one call an answer. The file has no times: calls keep their order by microseconds. */
function* conversation(line: JsonObject, key: string, where: string, context: ImportContext): Generator<ImportItem> {
  const messages = context.readMessages('openai-chat', line['messages'] as Json);
  const params = Object.fromEntries(Object.entries(line).filter(([name]) => !ownFields.has(name)));
  const trace: IntakeTrace = {
    key: `${id}:${key}`,
    kind: 'agent',
    ...present({ title: titleOf(firstWords(messages)) }),
  };
  const model = textOf(line['model']) ?? null;
  const tools = toolOffers(line['tools'] ?? listOf(line['functions']));
  let history: ChatMessage[] = [];
  let calls = 0;
  for (const message of messages) {
    if (message.role !== 'assistant') {
      history.push(message);
      continue;
    }
    const at = context.at + calls * 2;
    const request = requestOf(history, { model, tools, params, history_complete: calls === 0 });
    const call = { format: 'openai-chat', request, response: responseOf([message], { model }) };
    yield {
      record: recordOf(id, `${key}:${calls}`, trace, { started_at: at, ended_at: at + 1 }, { call }),
      undated: true,
    };
    history = [];
    calls += 1;
  }
  if (history.length === 0) return;
  if (calls === 0) {
    yield { skipped: { where, reason: 'a conversation without an answer' } };
    return;
  }
  const at = context.at + calls * 2;
  const events = history.flatMap((message): IntakeEvent[] =>
    message.parts.flatMap((part): IntakeEvent[] => {
      if (part.type === 'text' && message.role !== 'assistant')
        return [{ type: 'message', role: message.role, content: part.text, at }];
      if (part.type !== 'tool_result') return [];
      return [
        {
          type: 'tool_result',
          result: part.result,
          at,
          ...(part.tool_call_id === null ? {} : { tool_call_id: part.tool_call_id }),
        },
      ];
    }),
  );
  yield { record: recordOf(id, `${key}:end`, trace, { started_at: at }, { events }), undated: true };
}

/** A preference pair: two traces that share the question, scored against each other. */
function* preference(line: JsonObject, key: string, where: string, context: ImportContext): Generator<ImportItem> {
  const input = line['input'];
  const asked = isObject(input) ? listOf(input['messages']) : listOf(input);
  if (asked.length === 0) {
    yield { skipped: { where, reason: 'a preference pair without input' } };
    return;
  }
  const tools = isObject(input) ? toolOffers(input['tools']) : [];
  for (const [name, value, at] of [
    ['preferred_output', 1, context.at],
    ['non_preferred_output', 0, context.at - 2],
  ] as const) {
    const answers = context.readMessages('openai-chat', listOf(line[name]));
    if (answers.length === 0) {
      yield { skipped: { where, reason: `no ${name}` } };
      continue;
    }
    const messages = context.readMessages('openai-chat', asked);
    const trace: IntakeTrace = {
      key: `${id}:${key}:${name}`,
      kind: 'agent',
      ...present({ title: titleOf(firstWords(messages)) }),
      metadata: { preference: name, pair: key },
    };
    const answer: ChatMessage = { role: 'assistant', parts: answers.flatMap((message) => message.parts) };
    const call = {
      format: 'openai-chat',
      request: requestOf(messages, { tools, history_complete: true }),
      response: responseOf([answer]),
    };
    const events: IntakeEvent[] = [
      { type: 'score', kind: 'human', name: 'preference', value, at: at + 1, event_id: 'preference' },
    ];
    yield {
      record: recordOf(id, `${key}:${name}`, trace, { started_at: at, ended_at: at + 1 }, { call, events }),
      undated: true,
    };
  }
}
