import type { ChatMessage, IntakeEvent, IntakeTrace, Json, Micros } from '../../../shared/model/index.js';
import { usageOf } from './build.js';
import {
  contentKey,
  isObject,
  type JsonObject,
  listOf,
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
import { records, recordsOfKind } from './reading/values.js';
import { conversationOf, openaiUsage, type Turn } from './turns.js';

const id = 'mini-swe-agent';

/**
 * Trajectories of mini-swe-agent (`*.traj.json`), versions 1 and 2: `info` and `messages`, each with its `extra`: answers of
 * models as LiteLLM got them, what a command came to. Answers are messages of the chat API, with tool calls or with commands
 * in their text, or whole responses of the Responses API.
 */
export const miniSweAgent = {
  id,
  title: 'mini-swe-agent trajectory',
  description: 'Trajectory files of mini-swe-agent (*.traj.json).',
  detect({ values }) {
    return values.some(isTrajectory) ? 1 : 0;
  },
  read: (input, context) =>
    recordsOfKind(records(input), isTrajectory, 'not a trajectory', (entry) =>
      trajectory(entry.value, contentKey(entry.text), context),
    ),
} satisfies Importer;

export function isTrajectory(value: JsonObject): boolean {
  if (/^mini-swe-agent/.test(textOf(value['trajectory_format']) ?? '')) return true;
  const info = value['info'];
  if (!isObject(info) || 'trajectory' in value || 'history' in value) return false;
  return 'mini_version' in info || ('exit_status' in info && ('submission' in info || 'model_stats' in info));
}

function* trajectory(document: JsonObject, key: string, context: ImportContext): Generator<ImportItem> {
  const info = objectOf(document['info']);
  const messages = objectsOf(document['messages']);
  const config = objectOf(info['config']);
  const configured = textOf(objectOf(config['model'])['model_name']) ?? null;
  const exit = textOf(info['exit_status']);
  const turns: Turn[] = [];
  for (const [place, message] of messages.entries()) {
    turns.push(...turnsOf(message, messages[place + 1], configured, context));
    // The command that ends it has no result of its own: it is what was handed in.
    const answer = messages[place - 1];
    const submits = message['role'] === 'exit' ? openCall(answer) : undefined;
    const result = plainText(message['content']);
    if (submits !== undefined)
      turns.push({ events: (at) => [{ type: 'tool_result', tool_call_id: submits, result, at }] });
  }
  shareCost(turns, numberOf(objectOf(info['model_stats'])['instance_cost']));
  const version = textOf(info['mini_version']);
  const asked = messages.find(({ role }) => role === 'user');
  const trace: IntakeTrace = {
    key: `${id}:${key}`,
    kind: 'agent',
    completion_status: exit === undefined ? 'interrupted' : exit.toLowerCase() === 'submitted' ? 'completed' : 'failed',
    ...present({ title: titleOf(plainText(asked?.['content'])) }),
    metadata: present({
      exit_status: exit,
      submission: info['submission'],
      model_stats: info['model_stats'],
      instance_id: document['instance_id'],
      model_name: configured ?? undefined,
      environment_type: config['environment_type'],
    }),
  };
  const client = version === undefined ? id : `${id}/${version}`;
  yield* conversationOf({ importer: id, key, trace, client, at: context.at }, turns);
}

function turnsOf(
  message: JsonObject,
  next: JsonObject | undefined,
  configured: string | null,
  context: ImportContext,
): Turn[] {
  const extra = objectOf(message['extra']);
  const at = timeOf(extra['timestamp'] ?? message['timestamp']);
  if (message['object'] === 'response') {
    const answer = context.readMessages('openai-responses', listOf(message['output']));
    return [{ ...answerOf(answer, message, configured), at, cost_usd: numberOf(extra['cost']) }];
  }
  if (message['role'] === 'assistant') {
    const answer = context.readMessages('openai-chat', [wireMessage(message)]);
    const called = listOf(message['tool_calls']).length > 0;
    return [
      {
        ...answerOf(answer, objectOf(extra['response']), configured),
        at,
        cost_usd: numberOf(extra['cost']),
        ...(called ? {} : { events: (then: Micros) => commands(message, next, then) }),
      },
    ];
  }
  if (message['role'] === 'exit') return [{ at, events: (then) => ended(message, extra, then) }];
  const spokenTurn: Turn = { input: spoken(message, extra, context), at };
  // An answer that could not be followed stands only beside the complaint about it.
  const refused = objectOf(extra['response']);
  if (Object.keys(refused).length === 0) return [spokenTurn];
  const answer = Array.isArray(refused['output'])
    ? context.readMessages('openai-responses', refused['output'])
    : context.readMessages(
        'openai-chat',
        objectsOf(refused['choices']).map((choice) => wireMessage(objectOf(choice['message']))),
      );
  return [{ ...answerOf(answer, refused, configured), at, cost_usd: numberOf(extra['cost']) }, spokenTurn];
}

function answerOf(
  answer: ChatMessage[],
  response: JsonObject,
  configured: string | null,
): Turn & { answer: ChatMessage[] } {
  const parts = answer.flatMap((message) => message.parts);
  const choice = objectsOf(response['choices'])[0] ?? {};
  const model = textOf(response['model']) ?? configured;
  return {
    answer: [{ role: 'assistant', parts }],
    request: { model: configured ?? model },
    response: {
      model,
      response_id: textOf(response['id']) ?? null,
      stop_reason: textOf(choice['finish_reason']) ?? null,
      usage: usageOf(openaiUsage(objectOf(response['usage']))),
    },
  };
}

function wireMessage(message: JsonObject): Json {
  const { role, content, tool_calls, reasoning_content } = message;
  return present({ role: role ?? 'assistant', content: content ?? '', tool_calls, reasoning_content });
}

/** A result of a tool call, in either API, says in `extra` what the command came to. */
function spoken(message: JsonObject, extra: JsonObject, context: ImportContext): ChatMessage[] {
  const code = numberOf(extra['returncode']);
  const { extra: _extra, timestamp: _timestamp, ...plain } = message;
  const format = 'role' in plain && plain['type'] === undefined ? 'openai-chat' : 'openai-responses';
  return context.readMessages(format, [plain]).map((read) => ({
    ...read,
    parts: read.parts.map((part) =>
      part.type === 'tool_result' && code !== undefined ? { ...part, is_error: code !== 0 } : part,
    ),
  }));
}

/** Without tool calls the command is a block of the answer's text, and what came of it the next message. */
function commands(message: JsonObject, next: JsonObject | undefined, at: Micros): IntakeEvent[] {
  const named = objectsOf(objectOf(message['extra'])['actions']).flatMap((action) => textOf(action['command']) ?? []);
  const blocks = plainText(message['content']).matchAll(/```(?:bash|mswea_bash_command)\s*\n([\s\S]*?)\n```/g);
  const all = named.length > 0 ? named : [...blocks].map(([, command]) => (command as string).trim());
  // More than one is refused.
  const [command] = all;
  if (command === undefined || all.length > 1 || next === undefined) return [];
  const extra = objectOf(next['extra']);
  const text = plainText(next['content']);
  const code = numberOf(extra['returncode']) ?? numberOf(/<returncode>(-?\d+)<\/returncode>/.exec(text)?.[1]);
  if (code === undefined && next['role'] !== 'exit') return [];
  const output = textOf(extra['raw_output']) ?? /<output>\n?([\s\S]*)<\/output>/.exec(text)?.[1] ?? text;
  return [{ type: 'terminal_command', command, exit_code: code ?? null, output, at }];
}

function ended(message: JsonObject, extra: JsonObject, at: Micros): IntakeEvent[] {
  const status = textOf(extra['exit_status']) ?? 'ended';
  const content = plainText(message['content']);
  if (status.toLowerCase() !== 'submitted') {
    const trace = textOf(extra['traceback']);
    return [{ type: 'error', code: status, message: trace ?? content, at }];
  }
  return [{ type: 'state_change', description: status, at, data: present({ submission: content }) }];
}

function openCall(answer: JsonObject | undefined): string | undefined {
  const actions = objectsOf(objectOf(answer?.['extra'])['actions']);
  return textOf(actions.at(-1)?.['tool_call_id']);
}

/** Version 1 says only what all calls cost together: each has its share by its tokens. */
function shareCost(turns: Turn[], total: number | undefined): void {
  const answers = turns.filter((turn) => 'answer' in turn);
  if (total === undefined || answers.some(({ cost_usd }) => cost_usd !== undefined)) return;
  const tokens = answers.map(
    ({ response }) => (response?.usage?.input_tokens ?? 0) + (response?.usage?.output_tokens ?? 0),
  );
  const sum = tokens.reduce((all, count) => all + count, 0);
  for (const [place, answer] of answers.entries())
    answer.cost_usd = total * (sum === 0 ? 1 / answers.length : (tokens[place] as number) / sum);
}
