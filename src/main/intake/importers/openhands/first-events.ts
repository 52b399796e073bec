import type { ChatMessage, Json, Micros, Part } from '../../../../shared/model/index.js';
import { toolOffers } from '../../messages/tool-offers.js';
import { usageOf } from '../build.js';
import {
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
} from '../fields.js';
import type { ImportContext, ImportItem } from '../importer.js';
import { openaiUsage } from '../turns.js';
import type { Agents, Answer } from './agents.js';
import type { Ledger } from './ledger.js';

/** What the model did not write: settings and notes of the program, beside what a tool is asked for. */
const notAsked = new Set([
  'thought',
  'confirmation_state',
  'is_confirmed',
  'security_risk',
  'blocking',
  'hidden',
  'is_input',
  'keep_prompt',
  'final_thought_logged',
]);

/** An event of the first kind of OpenHands' event streams: an action, or the observation that it caused. */
export function isFirstEvent(value: JsonObject): boolean {
  const named = typeof value['action'] === 'string' || typeof value['observation'] === 'string';
  return named && (isObject(value['args']) || isObject(value['extras']) || 'cause' in value) && 'source' in value;
}

/** Reads such events in their order into what the agents said and did. */
export class FirstEvents {
  readonly #agents: Agents;
  readonly #ledger: Ledger;
  readonly #context: ImportContext;
  /** Tool calls by the event that asked for them. */
  readonly #calls = new Map<string, string>();
  readonly #answers = new Map<string, Answer>();
  readonly #delegations = new Set<string>();

  constructor(agents: Agents, ledger: Ledger, context: ImportContext) {
    this.#agents = agents;
    this.#ledger = ledger;
    this.#context = context;
  }

  *event(event: JsonObject, where: string): Generator<ImportItem> {
    const at = timeOf(event['timestamp']);
    this.#ledger.add(objectOf(event['llm_metrics']));
    const action = textOf(event['action']);
    if (action === undefined) this.#observation(event, at);
    else if (action === 'system') {
      const args = objectOf(event['args']);
      this.#agents.current.tools = toolOffers(args['tools']);
      this.#agents.add({ input: [text('system', plainText(args['content']))], at });
    } else if (action === 'message' && event['source'] !== 'agent')
      this.#agents.add({ input: [this.#words(event)], at });
    else if (action === 'null') return;
    else if (action === 'change_agent_state' || action === 'recall' || /^condensation/.test(action))
      this.#agents.note(at, action === 'condensation' ? 'compaction' : action, objectOf(event['args']));
    else if (event['source'] === 'agent') this.#answer(event, action, at);
    else if (event['source'] === 'user') this.#byUser(event, action, at);
    else
      yield {
        skipped: { where, reason: `an action of ${textOf(event['source']) ?? 'nobody'}: ${action.slice(0, 40)}` },
      };
  }

  #words(event: JsonObject): ChatMessage {
    const args = objectOf(event['args']);
    const parts: Part[] = [{ type: 'text', text: textOf(args['content']) ?? textOf(event['message']) ?? '' }];
    for (const url of listOf(args['image_urls']))
      if (typeof url === 'string') parts.push({ type: 'media', media: 'image', url });
    return { role: 'user', parts };
  }

  #answer(event: JsonObject, action: string, at: Micros | undefined): void {
    const args = objectOf(event['args']);
    const metadata = objectOf(event['tool_call_metadata']);
    const response = objectOf(metadata['model_response']);
    const responseId = textOf(response['id']);
    const called = textOf(metadata['tool_call_id']);
    const own = called ?? (action === 'message' ? undefined : `event_${String(event['id'] ?? this.#calls.size)}`);
    if (own !== undefined) this.#calls.set(String(event['id']), own);
    const earlierAnswer = responseId === undefined ? undefined : this.#answers.get(responseId);
    if (earlierAnswer === undefined) {
      const message = objectOf(objectsOf(response['choices'])[0]?.['message']);
      const whole = Object.keys(message).length > 0;
      const parts = whole
        ? this.#context.readMessages('openai-chat', [wireMessage(message)]).flatMap((read) => read.parts)
        : made(action, args, own, textOf(metadata['function_name']));
      const usage = usageOf(openaiUsage(objectOf(response['usage'])));
      const billed = this.#ledger.of(responseId);
      const model = textOf(response['model']) ?? billed?.model ?? null;
      const answer: Answer = {
        answer: [{ role: 'assistant', parts }],
        at,
        request: { tools: this.#agents.current.tools },
        response: {
          model,
          response_id: responseId ?? null,
          stop_reason: textOf(objectsOf(response['choices'])[0]?.['finish_reason']) ?? null,
          usage: usage ?? billed?.usage ?? null,
        },
        cost_usd: billed?.cost_usd ?? this.#ledger.spent(numberOf(objectOf(event['llm_metrics'])['accumulated_cost'])),
      };
      if (responseId !== undefined) this.#answers.set(responseId, answer);
      this.#agents.add(answer);
    }
    // It ends the run, so nothing comes back of it.
    if (action === 'finish' && own !== undefined)
      this.#agents.add({ at, events: (then) => [{ type: 'tool_result', tool_call_id: own, result: '', at: then }] });
    if (action === 'delegate' && own !== undefined) {
      this.#delegations.add(String(event['id']));
      this.#agents.begin(own, titleOf(textOf(objectOf(args['inputs'])['task']) ?? textOf(args['task'])));
    }
  }

  /** A command that the person ran. */
  #byUser(event: JsonObject, action: string, at: Micros | undefined): void {
    const { thought: _thought, ...args } = objectOf(event['args']);
    const id = `event_${String(event['id'] ?? this.#calls.size)}`;
    this.#calls.set(String(event['id']), id);
    this.#agents.add({
      at,
      events: (then) => [
        { type: 'tool_call', tool_call_id: id, name: action, arguments: args, at: then, agent: 'user' },
      ],
    });
  }

  #observation(event: JsonObject, at: Micros | undefined): void {
    const kind = textOf(event['observation']) ?? '';
    const extras = objectOf(event['extras']);
    const content = event['content'] ?? '';
    const cause = String(event['cause'] ?? '');
    if (kind === 'agent_state_changed' || kind === 'recall') {
      this.#agents.note(at, textOf(extras['agent_state']) ?? kind, present({ ...extras, content }));
      return;
    }
    if (this.#delegations.has(cause)) this.#agents.end();
    const call = textOf(objectOf(event['tool_call_metadata'])['tool_call_id']) ?? this.#calls.get(cause);
    if (call === undefined) {
      if (kind === 'error') {
        const code = textOf(extras['error_id']) ?? 'error';
        this.#agents.add({ at, events: (then) => [{ type: 'error', code, message: plainText(content), at: then }] });
      } else if (plainText(content) !== '') this.#agents.note(at, kind, present({ content, ...extras }));
      return;
    }
    const exit = numberOf(objectOf(extras['metadata'])['exit_code']) ?? numberOf(extras['exit_code']);
    const failed =
      kind === 'error' || kind === 'user_rejected' || (exit !== undefined && exit > 0) || event['success'] === false;
    const outputs = kind === 'delegate' && content === '' ? (extras['outputs'] ?? '') : content;
    const part: Part = { type: 'tool_result', tool_call_id: call, result: outputs as Json, is_error: failed };
    this.#agents.add({ input: [{ role: 'tool', parts: [part] }], at });
  }
}

/** The action as the tool call that it was, where the file leaves the model's own answer out. */
function made(action: string, args: JsonObject, call: string | undefined, named: string | undefined): Part[] {
  const parts: Part[] = [];
  if (action === 'message') return [{ type: 'text', text: textOf(args['content']) ?? '' }];
  const thought = textOf(args['thought']);
  if (thought !== undefined && action !== 'think') parts.push({ type: 'text', text: thought });
  const asked = Object.entries(args).filter(
    ([name, value]) => value !== null && (!notAsked.has(name) || (name === 'thought' && action === 'think')),
  );
  parts.push({ type: 'tool_call', id: call ?? null, name: named ?? action, arguments: Object.fromEntries(asked) });
  return parts;
}

function wireMessage(message: JsonObject): Json {
  const { role, content, tool_calls, reasoning_content } = message;
  return present({ role: role ?? 'assistant', content: content ?? '', tool_calls, reasoning_content });
}

function text(role: ChatMessage['role'], words: string): ChatMessage {
  return { role, parts: [{ type: 'text', text: words }] };
}
