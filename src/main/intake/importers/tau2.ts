import type { ChatMessage, IntakeEvent, IntakeTrace, Json, Micros, Part } from '../../../shared/model/index.js';
import { firstWords, usageOf } from './build.js';
import {
  contentKey,
  isObject,
  type JsonObject,
  numberOf,
  objectOf,
  objectsOf,
  present,
  textOf,
  timeOf,
  titleOf,
} from './fields.js';
import type { ImportContext, Importer, ImportItem } from './importer.js';
import { headBytes, peek, readHead } from './reading/input.js';
import { records } from './reading/values.js';
import { conversationOf, openaiUsage, type Turn } from './turns.js';

const id = 'tau2';

/**
 * Results of tau2-bench (`data/simulations/*.json`, or a folder with a file a simulation) and of tau-bench before it: agents
 * that talk with a simulated person, with the reward that each conversation came to.
 */
export const tau2 = {
  id,
  title: 'tau2-bench results',
  description: 'Simulations of tau2-bench and results of tau-bench, with their rewards.',
  detect({ values }) {
    return values.some((value) => isResults(value) || isSimulation(value) || isFirstResult(value)) ? 1 : 0;
  },
  async *read(input, context) {
    const { head, all } = await peek(input, headBytes);
    const info = objectOf(readHead('', head).values[0]?.['info']);
    const policy = textOf(objectOf(info['environment_info'])['policy']);
    if (policy !== undefined) {
      const reason = `the policy (${policy.length} characters) is only a part of what the agent was told, which the file does not hold`;
      yield { skipped: { where: 'info.environment_info.policy', reason } };
    }
    for await (const entry of records(all, ['simulations'])) {
      if ('skipped' in entry) yield entry;
      else if (isSimulation(entry.value)) yield* simulation(entry.value, contentKey(entry.text), info, context);
      else if (isFirstResult(entry.value)) yield* firstResult(entry.value, contentKey(entry.text), context);
      else yield { skipped: { where: entry.where, reason: 'not a simulation' } };
    }
  },
} satisfies Importer;

function isResults(value: JsonObject): boolean {
  const info = objectOf(value['info']);
  return isObject(info['agent_info']) || isObject(info['environment_info']);
}

function isSimulation(value: JsonObject): boolean {
  return (
    'task_id' in value && ('termination_reason' in value || 'reward_info' in value) && Array.isArray(value['messages'])
  );
}

function isFirstResult(value: JsonObject): boolean {
  return 'task_id' in value && 'reward' in value && Array.isArray(value['traj']);
}

function* simulation(run: JsonObject, hash: string, info: JsonObject, context: ImportContext): Generator<ImportItem> {
  const key = textOf(run['id']) ?? hash;
  const agent = objectOf(info['agent_info']);
  const reward = objectOf(run['reward_info']);
  const ended = textOf(run['termination_reason']);
  const turns = turnsOf(objectsOf(run['messages']), textOf(agent['llm']) ?? null);
  if (objectsOf(run['ticks']).length > 0) {
    const reason = `${objectsOf(run['ticks']).length} ticks of a spoken conversation: what was said stands in its messages`;
    yield { skipped: { where: `simulation ${key.slice(0, 60)}`, reason } };
  }
  turns.push({ at: timeOf(run['end_time']), events: (at) => rewards(reward, at) });
  const trace: IntakeTrace = {
    key: `${id}:${key}`,
    kind: 'agent',
    completion_status: ended === undefined ? 'interrupted' : /^(user|agent)_stop$/.test(ended) ? 'completed' : 'failed',
    ...present({ title: titleOf(firstWords(turns.flatMap((turn) => ('input' in turn ? turn.input : [])))) }),
    metadata: present({
      task_id: run['task_id'],
      domain: objectOf(info['environment_info'])['domain_name'],
      trial: run['trial'],
      seed: run['seed'],
      termination_reason: ended,
      reward_info: run['reward_info'],
      agent_cost: run['agent_cost'],
      user_cost: run['user_cost'],
      agent: agent['implementation'],
    }),
  };
  yield* conversationOf({ importer: id, key, trace, client: 'tau2', at: context.at }, turns);
}

function turnsOf(messages: readonly JsonObject[], configured: string | null): Turn[] {
  return messages.flatMap((message, place): Turn[] => {
    const at = timeOf(message['timestamp']);
    if (message['role'] === 'assistant') return [answerOf(message, place, at, configured)];
    if (message['role'] === 'user') {
      const words: ChatMessage = { role: 'user', parts: textParts(message) };
      // The simulated person has tools too, of which the agent sees nothing.
      const calls = objectsOf(message['tool_calls']);
      if (calls.length === 0) return [{ input: [words], at }];
      return [
        { input: [words], at },
        { at, events: (then) => calls.map((call) => ownCall(call, then)) },
      ];
    }
    const results = message['tool_messages'] === undefined ? [message] : objectsOf(message['tool_messages']);
    return results.map((result): Turn => {
      const call = textOf(result['id']) ?? null;
      const part = { result: result['content'] ?? '', is_error: result['error'] === true };
      if (message['role'] !== 'tool') return { input: [{ role: 'system', parts: textParts(message) }], at };
      if (result['requestor'] !== 'user')
        return { input: [{ role: 'tool', parts: [{ type: 'tool_result', tool_call_id: call, ...part }] }], at };
      const named = call === null ? {} : { tool_call_id: call };
      return { at, events: (then) => [{ type: 'tool_result', at: then, agent: 'user', ...named, ...part }] };
    });
  });
}

function answerOf(message: JsonObject, place: number, at: Micros | undefined, configured: string | null): Turn {
  const raw = objectOf(message['raw_data']);
  const choice = objectOf(objectsOf(raw['choices'])[0]?.['message'] ?? raw['message']);
  const thought = textOf(choice['reasoning_content']) ?? textOf(raw['reasoning_content']);
  const parts: Part[] = [
    ...(thought === undefined ? [] : [{ type: 'reasoning' as const, text: thought }]),
    ...textParts(message),
    ...objectsOf(message['tool_calls']).map(
      (call): Part => ({
        type: 'tool_call',
        id: textOf(call['id']) ?? null,
        name: textOf(call['name']) ?? 'unknown',
        arguments: call['arguments'] ?? {},
      }),
    ),
  ];
  const usage = objectOf(message['usage']);
  // The greeting that each conversation begins with is a set text.
  if (place === 0 && Object.keys(usage).length === 0 && Object.keys(raw).length === 0)
    return { input: [{ role: 'assistant', parts }], at };
  const seconds = numberOf(message['generation_time_seconds']);
  return {
    answer: [{ role: 'assistant', parts }],
    at,
    started: at === undefined || seconds === undefined ? undefined : at - Math.round(seconds * 1e6),
    request: { model: configured },
    response: {
      model: textOf(raw['model']) ?? configured,
      response_id: textOf(raw['id']) ?? null,
      usage: usageOf(openaiUsage({ ...objectOf(raw['usage']), ...usage })),
    },
    cost_usd: numberOf(message['cost']),
  };
}

function ownCall(call: JsonObject, at: Micros): IntakeEvent {
  const named = present({ tool_call_id: call['id'] });
  const name = textOf(call['name']) ?? 'unknown';
  return { type: 'tool_call', name, arguments: call['arguments'] ?? {}, at, agent: 'user', ...named };
}

function textParts(message: JsonObject): Part[] {
  const text = textOf(message['content']);
  return text === undefined ? [] : [{ type: 'text', text }];
}

/** The reward, and what it is made of. */
function rewards(info: JsonObject, at: Micros): IntakeEvent[] {
  const all: [string, Json | undefined][] = [['reward', info['reward']]];
  all.push(
    ...Object.entries(objectOf(info['reward_breakdown'])).map(([name, value]): [string, Json] => [
      `reward.${name}`,
      value,
    ]),
  );
  return all.flatMap(([name, value]) => {
    const reward = numberOf(value);
    return reward === undefined ? [] : [{ type: 'score', kind: 'qa', name, value: reward, at, event_id: name }];
  });
}

/** A result of tau-bench: messages of the chat API. */
function* firstResult(run: JsonObject, key: string, context: ImportContext): Generator<ImportItem> {
  const turns = objectsOf(run['traj']).map((message): Turn => {
    const read = context.readMessages('openai-chat', [message]);
    return message['role'] === 'assistant' ? { answer: read } : { input: read };
  });
  turns.push({ events: (at) => rewards({ reward: run['reward'] ?? null }, at) });
  const trace: IntakeTrace = {
    key: `${id}:${key}`,
    kind: 'agent',
    completion_status: 'completed',
    ...present({ title: titleOf(firstWords(turns.flatMap((turn) => ('input' in turn ? turn.input : [])))) }),
    metadata: present({ task_id: run['task_id'], trial: run['trial'], info: run['info'] }),
  };
  yield* conversationOf({ importer: id, key, trace, client: 'tau-bench', at: context.at }, turns);
}
