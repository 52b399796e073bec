import type { ChatMessage, IntakeEvent, Json, Micros, Part } from '../../../../shared/model/index.js';
import { toolOffers } from '../../messages/tool-offers.js';
import {
  type JsonObject,
  listOf,
  numberOf,
  objectOf,
  objectsOf,
  plainText,
  present,
  textOf,
  timeOf,
  unwrapped,
} from '../fields.js';
import type { ImportItem } from '../importer.js';
import type { Agents, Answer } from './agents.js';
import type { Ledger } from './ledger.js';

/** An event of OpenHands' SDK: `kind` names its class. */
export function isSdkEvent(value: JsonObject): boolean {
  const kind = textOf(value['kind']);
  if (kind === undefined || !('source' in value)) return false;
  return /(Event|Observation|Condensation|CondensationRequest)$/.test(kind) && 'id' in value && 'timestamp' in value;
}

/** Reads such events in their order into what the agent said and did. */
export class SdkEvents {
  readonly #agents: Agents;
  readonly #ledger: Ledger;
  readonly #answers = new Map<string, Answer>();
  readonly #acp = new Map<string, JsonObject>();

  constructor(agents: Agents, ledger: Ledger) {
    this.#agents = agents;
    this.#ledger = ledger;
  }

  *event(event: JsonObject, where: string): Generator<ImportItem> {
    const kind = textOf(event['kind']) ?? '';
    const at = timeOf(event['timestamp']);
    switch (kind) {
      case 'SystemPromptEvent': {
        this.#agents.current.tools = offers(event['tools']);
        const words = [event['system_prompt'], event['dynamic_context']].map((part) => textOf(objectOf(part)['text']));
        this.#say('system', words.filter((part) => part !== undefined).map(text), at);
        return;
      }
      case 'MessageEvent':
        this.#message(event, at);
        return;
      case 'ActionEvent':
        this.#action(event, at);
        return;
      case 'ObservationEvent':
      case 'UserRejectObservation':
      case 'AgentErrorEvent':
        this.#result(event, at);
        return;
      case 'CondensationSummaryEvent':
        this.#say('user', [text(textOf(event['summary']) ?? '')], at);
        return;
      case 'Condensation':
        this.#agents.note(
          at,
          'compaction',
          present({ summary: event['summary'], forgotten: event['forgotten_event_ids'] }),
        );
        return;
      case 'ConversationErrorEvent': {
        const code = textOf(event['code']) ?? 'error';
        const message = textOf(event['detail']) ?? code;
        this.#agents.add({ at, events: (then) => [{ type: 'error', code, message, at: then }] });
        return;
      }
      case 'ConversationStateUpdateEvent':
        this.#state(event, at);
        return;
      case 'ACPToolCallEvent':
        this.#acp.set(textOf(event['tool_call_id']) ?? where, event);
        return;
      default:
        // Settings of the run, pauses; token ids and deltas repeat what messages say.
        yield { skipped: { where, reason: `an event of kind ${kind.slice(0, 60)} says nothing of the conversation` } };
    }
  }

  /** What an agent behind the Agent Client Protocol called comes in steps, of which the last one holds. */
  end(): void {
    for (const event of this.#acp.values()) {
      const at = timeOf(event['timestamp']);
      const id = textOf(event['tool_call_id']);
      const name = textOf(event['tool_kind']) ?? textOf(event['title']) ?? 'tool';
      const args = event['raw_input'] ?? present({ title: event['title'] });
      const result = event['raw_output'] ?? event['content'] ?? null;
      const call = id === undefined ? {} : { tool_call_id: id };
      this.#agents.add({
        at,
        events: (then): IntakeEvent[] => [
          { type: 'tool_call', name, arguments: args, at: then, ...call },
          ...(result === null
            ? []
            : [
                {
                  type: 'tool_result' as const,
                  result,
                  at: then,
                  is_error: event['is_error'] === true || event['status'] === 'failed',
                  ...call,
                },
              ]),
        ],
      });
    }
  }

  #say(role: ChatMessage['role'], parts: Part[], at: Micros | undefined): void {
    this.#agents.add({ input: [{ role, parts }], at });
  }

  #message(event: JsonObject, at: Micros | undefined): void {
    const message = objectOf(event['llm_message']);
    const parts = [...contentParts(message['content']), ...contentParts(event['extended_content'])];
    if (event['source'] !== 'agent') {
      const role = textOf(message['role']) === 'system' ? 'system' : 'user';
      this.#say(role, parts, at);
      return;
    }
    const calls = objectsOf(message['tool_calls']).map(callPart);
    this.#add(event, [...reasoning(message), ...parts, ...calls], at);
  }

  #action(event: JsonObject, at: Micros | undefined): void {
    const call = objectOf(event['tool_call']);
    const named = present({
      id: call['id'] ?? event['tool_call_id'],
      name: call['name'] ?? event['tool_name'],
      function: call['function'],
      arguments: call['arguments'] ?? objectOf(call['function'])['arguments'] ?? event['action'],
    });
    this.#add(event, [...reasoning(event), ...contentParts(event['thought']), callPart(named)], at);
  }

  /** The tool calls of one answer are events of their own, with one response id. */
  #add(event: JsonObject, parts: Part[], at: Micros | undefined): void {
    const response = textOf(event['llm_response_id']);
    const open = response === undefined ? undefined : this.#answers.get(response);
    if (open !== undefined) {
      open.answer[0]?.parts.push(...parts);
      return;
    }
    const billed = this.#ledger.of(response);
    const answer: Answer = {
      answer: [{ role: 'assistant', parts }],
      at,
      request: { tools: this.#agents.current.tools },
      response: {
        response_id: response ?? null,
        model: billed?.model ?? null,
        usage: billed?.usage ?? null,
      },
      cost_usd: billed?.cost_usd,
    };
    if (response !== undefined) this.#answers.set(response, answer);
    this.#agents.add(answer);
  }

  #result(event: JsonObject, at: Micros | undefined): void {
    const observation = objectOf(event['observation']);
    const texts = [plainText(observation['content']), textOf(observation['output']), textOf(observation['error'])];
    const words = [...texts, plainText(event['extended_content'])].filter((part) => part !== undefined && part !== '');
    const rejected = textOf(event['rejection_reason']);
    const error = textOf(event['error']);
    const { kind: _kind, ...fields } = observation;
    const result: Json =
      error ??
      (rejected === undefined ? (words.length > 0 ? words.join('\n') : fields) : `Action rejected: ${rejected}`);
    const exit = numberOf(observation['exit_code'] ?? objectOf(observation['metadata'])['exit_code']);
    const failed =
      event['kind'] !== 'ObservationEvent' || observation['is_error'] === true || (exit !== undefined && exit > 0);
    const call = textOf(event['tool_call_id']) ?? null;
    this.#agents.add({
      input: [{ role: 'tool', parts: [{ type: 'tool_result', tool_call_id: call, result, is_error: failed }] }],
      at,
    });
  }

  #state(event: JsonObject, at: Micros | undefined): void {
    const { key, value } = event;
    if (key === 'stats') this.#ledger.addStats(objectOf(value));
    else if (key === 'full_state') this.#ledger.addStats(objectOf(objectOf(value)['stats']));
    else this.#agents.note(at, textOf(key) ?? 'state', present({ value }));
  }
}

function offers(tools: Json | undefined) {
  return toolOffers(
    objectsOf(tools).map((tool) =>
      present({
        name: tool['name'] ?? tool['title'],
        description: tool['description'],
        parameters: tool['parameters'] ?? tool['input_schema'] ?? objectOf(tool['mcp_tool'])['inputSchema'],
        function: tool['function'],
      }),
    ),
  );
}

function text(words: string): Part {
  return { type: 'text', text: words };
}

function contentParts(content: Json | undefined): Part[] {
  if (typeof content === 'string') return content === '' ? [] : [text(content)];
  return objectsOf(content).flatMap((part): Part[] => {
    const words = textOf(part['text']);
    if (words !== undefined) return [text(words)];
    return listOf(part['image_urls']).flatMap((url) =>
      typeof url === 'string' ? [{ type: 'media' as const, media: 'image' as const, url }] : [],
    );
  });
}

/** Thinking stands both as text and as signed blocks. */
function reasoning(event: JsonObject): Part[] {
  const blocks = objectsOf(event['thinking_blocks']).flatMap((block): Part[] => {
    const words = textOf(block['thinking']);
    const signature = textOf(block['signature']);
    if (words === undefined) return [];
    return [{ type: 'reasoning', text: words, ...(signature === undefined ? {} : { signature }) }];
  });
  const words = textOf(event['reasoning_content']);
  if (blocks.length > 0 || words === undefined) return blocks;
  return [{ type: 'reasoning', text: words }];
}

function callPart(call: JsonObject): Part {
  const inner = objectOf(call['function']);
  return {
    type: 'tool_call',
    id: textOf(call['id']) ?? null,
    name: textOf(call['name']) ?? textOf(inner['name']) ?? 'unknown',
    arguments: unwrapped(call['arguments'] ?? inner['arguments']) ?? {},
  };
}
