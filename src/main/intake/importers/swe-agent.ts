import type { ChatMessage, IntakeEvent, IntakeTrace, Json } from '../../../shared/model/index.js';
import { firstWords, recordOf, requestOf, responseOf } from './build.js';
import {
  contentKey,
  type JsonObject,
  numberOf,
  objectOf,
  objectsOf,
  plainText,
  present,
  textOf,
  titleOf,
  unwrapped,
} from './fields.js';
import type { ImportContext, Importer, ImportItem } from './importer.js';
import { records, recordsOfKind } from './reading/values.js';
import { stepsOf } from './swe-agent-steps.js';

const id = 'swe-agent';

/**
 * Trajectories of SWE-agent (`*.traj`): `history` holds the messages, `trajectory` one step an action with its
 * observation, `info` how it ended. There are no times in it.
 */
export const sweAgent = {
  id,
  title: 'SWE-agent trajectory',
  description: 'Trajectory files of SWE-agent (*.traj).',
  detect({ values }) {
    return values.some(isTrajectory) ? 1 : 0;
  },
  read: (input, context) =>
    recordsOfKind(records(input), isTrajectory, 'not a trajectory', (entry) =>
      trajectory(entry.value, contentKey(entry.text), context),
    ),
} satisfies Importer;

function isTrajectory(value: JsonObject): boolean {
  // Its demonstrations hold the messages alone.
  if (value['trajectory'] === undefined) {
    const messages = objectsOf(value['history']);
    return (
      messages.length > 0 &&
      messages.every((message) => 'role' in message && ('agent' in message || 'message_type' in message))
    );
  }
  const steps = objectsOf(value['trajectory']);
  const first = steps[0];
  return (
    Array.isArray(value['trajectory']) &&
    (first === undefined ? 'history' in value : 'action' in first || 'observation' in first || 'response' in first)
  );
}

function* trajectory(document: JsonObject, key: string, context: ImportContext): Generator<ImportItem> {
  const info = objectOf(document['info']);
  const steps = objectsOf(document['trajectory']);
  const history = objectsOf(document['history']);
  // Demonstrations were shown to the model, not made by it.
  const own = history.filter((message) => message['is_demo'] !== true);
  const demonstrations = history.length - own.length;
  const config = objectOf(unwrapped(document['replay_config']));
  const model = textOf(objectOf(objectOf(objectOf(config['agent'])['model']))['name']) ?? null;
  const exit = textOf(info['exit_status']);
  const messages = own.map((message) => ({
    raw: message,
    read: context.readMessages('openai-chat', [wireMessage(message)]),
  }));
  const trace: IntakeTrace = {
    key: `${id}:${key}`,
    kind: 'agent',
    completion_status: exit === undefined ? 'interrupted' : /^submitted/.test(exit) ? 'completed' : 'failed',
    ...present({ title: titleOf(firstWords(messages.flatMap((message) => message.read))) }),
    metadata: present({
      environment: document['environment'],
      exit_status: exit,
      submission: info['submission'],
      model_stats: info['model_stats'],
      swe_agent_version: info['swe_agent_version'],
      demonstrations: demonstrations || undefined,
    }),
  };
  let at = context.at;
  let unanswered: ChatMessage[] = [];
  let calls = 0;
  const stepOf = stepsOf(
    own.filter(({ role }) => role === 'assistant'),
    steps,
  );
  /** The first step that was not told of yet. */
  let next = 0;
  let place = 0;
  /** Its name in an earlier version, which counted all of them. */
  let count = 0;
  const record = function* (
    rest: Parameters<typeof recordOf>[4],
    name: string | number = place,
  ): Generator<ImportItem> {
    yield {
      record: recordOf(
        id,
        `${key}:${name}`,
        trace,
        { started_at: at, ended_at: at + 1 },
        { client: 'swe-agent', ...rest },
      ),
      undated: true,
      ...(count === name ? {} : { formerly: { record: `${key}:${count}`, trace: trace.key } }),
    };
    count += 1;
    if (name === place) place += 1;
    at += 2;
  };
  /** A step that the history does not hold: it may have been cut, or left out. */
  const unsaid = function* (step: JsonObject, name?: string): Generator<ImportItem> {
    const response = textOf(step['response']) ?? textOf(step['thought']);
    const events: IntakeEvent[] =
      response === undefined ? [] : [{ type: 'message', role: 'assistant', content: response, at }];
    yield* record({ events: [...events, ...action(step, at + 1)] }, name);
  };
  for (const [index, { raw, read }] of messages.entries()) {
    if (raw['role'] !== 'assistant') {
      unanswered.push(...read);
      continue;
    }
    const called = Array.isArray(raw['tool_calls']) && raw['tool_calls'].length > 0;
    const found = stepOf[calls] ?? -1;
    if (found !== -1) {
      // By its place among the steps: the answers behind it have the names that they had before it was told of.
      for (; next < found; next++) yield* unsaid(steps[next] as JsonObject, `step:${next}`);
      next = found + 1;
    }
    // Without function calling the action is a line of the answer, and what came of it the step or the next message.
    const step =
      steps[found] ?? present({ action: raw['action'], observation: plainText(own[index + 1]?.['content']) });
    const events = called ? [] : action(step, at + 1);
    yield* record({
      call: {
        format: id,
        request: requestOf(unanswered, { model, history_complete: calls === 0 }),
        response: responseOf(read, { model }),
      },
      events,
    });
    unanswered = [];
    calls += 1;
  }
  for (const step of steps.slice(next)) yield* unsaid(step);
  const rest = unanswered.flatMap((message): IntakeEvent[] =>
    message.parts.flatMap((part): IntakeEvent[] => {
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
    }),
  );
  if (rest.length > 0 || place === 0) yield* record({ events: rest });
}

function action(step: JsonObject, at: number): IntakeEvent[] {
  const command = textOf(step['action'])?.trim();
  if (command === undefined || command === '') return [];
  const seconds = numberOf(step['execution_time']);
  const data = present({ state: step['state'] });
  return [
    {
      type: 'terminal_command',
      command,
      exit_code: null,
      output: textOf(step['observation']) ?? '',
      at,
      ...(seconds === undefined ? {} : { duration_ms: seconds * 1000 }),
      ...(Object.keys(data).length > 0 ? { data } : {}),
    },
  ];
}

/** A history message as the API would have got it: results name their calls in a list. */
function wireMessage(message: JsonObject): Json {
  const { role, content, tool_calls: calls } = message;
  const ids = Array.isArray(message['tool_call_ids']) ? message['tool_call_ids'] : [];
  const wire: JsonObject = { role: role ?? 'user', content: role === 'tool' ? plainText(content) : (content ?? '') };
  if (Array.isArray(calls) && calls.length > 0) wire['tool_calls'] = calls;
  if (role === 'tool' && ids[0] !== undefined) wire['tool_call_id'] = ids[0];
  return wire;
}
