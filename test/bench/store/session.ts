import { hash } from 'node:crypto';
import { uuidv7 } from '../../../src/shared/ids.js';
import {
  type Assembled,
  type ChatMessage,
  type HashedMessage,
  type Json,
  type NewDecision,
  type NewStep,
  type NewToolCall,
  type RedactedExchange,
  type StreamEvent,
  type ToolOffer,
  type ToolResultArrival,
  toIso,
} from '../../../src/shared/model/index.js';
import { prose, Random } from './random.js';

export interface SessionOptions {
  random: Random;
  words: readonly string[];
  started_at: number;
  turns: number;
  toolCallsPerTurn: number;
  /** Characters of a tool's result. */
  resultChars: number;
  name: string;
  client: string;
  model: string;
  tools: readonly string[];
  /** A word put into the first result, to be found again. */
  planted?: string;
  systemChars?: number;
}

interface Asked {
  id: string;
  call: string;
  name: string;
  at: number;
}

const short = (text: string) => hash('sha256', text).slice(0, 32);

/** One agent session as the assembler would hand it on, exchange by exchange: every turn sends the whole history. */
export function* session(options: SessionOptions): Generator<Assembled> {
  const { random, words } = options;
  const trace = uuidv7();
  // Agents of one kind offer the same tools in every session.
  const fixed = new Random(3);
  const offers: ToolOffer[] = options.tools.map((name) => ({
    name,
    description: prose(fixed, words, 80),
    parameters: { type: 'object', properties: { term: { type: 'string' }, limit: { type: 'integer' } } },
  }));
  const offered = JSON.stringify(offers.map((tool) => ({ type: 'function', function: tool })));
  const history: HashedMessage[] = [];
  const wire: string[] = [];
  let chain = '';
  const say = (message: ChatMessage, sent: Json) => {
    const text = JSON.stringify(message);
    history.push({ hash: hash('sha256', text), message });
    wire.push(JSON.stringify(sent));
    chain = short(chain + text);
  };
  const systemText = prose(random, words, options.systemChars ?? 200);
  const ask = prose(random, words, 100);
  say({ role: 'system', parts: [{ type: 'text', text: systemText }] }, { role: 'system', content: systemText });
  say({ role: 'user', parts: [{ type: 'text', text: ask }] }, { role: 'user', content: ask });

  let at = options.started_at;
  let parent: string | null = null;
  let asked: Asked[] = [];
  for (let turn = 0; turn <= options.turns; turn++) {
    const call = uuidv7();
    const started_at = at;
    const ended_at = started_at + 400_000 + random.below(3_000_000);
    at = ended_at + 50_000 + random.below(2_000_000);
    const steps: NewStep[] = [];
    const step = (each: object) => steps.push({ step_id: uuidv7(), call_id: call, at: started_at, ...each } as NewStep);
    if (turn === 0) {
      step({ type: 'message', role: 'system', content: systemText, message_hash: history[0]?.hash });
      step({ type: 'message', role: 'user', content: ask, message_hash: history[1]?.hash });
    }
    const inherited = turn === 0 ? 0 : history.length;
    const results: ToolResultArrival[] = asked.map(({ id, call: call_id, at: askedAt }, index) => {
      const found = prose(random, words, options.resultChars);
      const result = turn === 1 && index === 0 && options.planted ? `${options.planted} ${found}` : found;
      const status = random.next() < 0.01 ? ('error' as const) : ('ok' as const);
      say(
        { role: 'tool', parts: [{ type: 'tool_result', tool_call_id: id, result }] },
        { role: 'tool', tool_call_id: id, content: result },
      );
      step({ type: 'tool_result', tool_call_id: id, result, message_hash: history.at(-1)?.hash });
      return { trace_id: trace, tool_call_id: id, call_id, result, status, duration_ms: (started_at - askedAt) / 1000 };
    });
    const request_messages = [...history];
    const request_chain = chain;
    const body = `{"model":"${options.model}","stream":true,"messages":[${wire.join(',')}],"tools":${offered}}`;

    const text = prose(random, words, 120);
    const toolCalls: NewToolCall[] = [];
    const last = turn === options.turns;
    step({ type: 'message', role: 'assistant', content: text, at: ended_at });
    for (let n = 0; n < (last ? 0 : options.toolCallsPerTurn); n++) {
      const name = options.tools[random.skewed(options.tools.length)] as string;
      const id = `call_${short(`${call}${n}`).slice(0, 24)}`;
      const args = { term: prose(random, words, 20), limit: random.below(50) };
      const shared = { tool_call_id: id, name, arguments: args, status: 'pending' as const };
      step({ type: 'tool_call', ...shared, at: ended_at });
      const { step_id } = steps.at(-1) as NewStep;
      toolCalls.push({ ...shared, step_id, at: ended_at, duration_ms: null, metadata: { source: 'proxy' } });
    }
    const answer: ChatMessage = {
      role: 'assistant',
      parts: [
        { type: 'text', text },
        ...toolCalls.map(({ tool_call_id, name, arguments: given }) => ({
          type: 'tool_call' as const,
          id: tool_call_id,
          name,
          arguments: given,
        })),
      ],
    };
    say(answer, {
      role: 'assistant',
      content: text,
      tool_calls: toolCalls.map(({ tool_call_id, name, arguments: given }) => ({
        id: tool_call_id,
        type: 'function',
        function: { name, arguments: JSON.stringify(given) },
      })),
    });
    const usage = { input_tokens: Math.round(body.length / 4), output_tokens: Math.round(text.length / 4) };
    const events = eventsOf(call, options.model, text, toolCalls, started_at + 300_000, ended_at);
    const decision: Omit<NewDecision, 'outcome'> = {
      decision_id: uuidv7(),
      trace_id: trace,
      call_id: call,
      timestamp: toIso(ended_at),
      available_options: options.tools.map((option) => ({ option })),
      decision: toolCalls.map(({ name }) => name).join(', '),
      tool_call_ids: toolCalls.map(({ tool_call_id }) => tool_call_id),
      reasoning: text,
      origin: 'derived',
    };
    const decodedCall = {
      format: 'openai-chat',
      request: {
        model: options.model,
        params: { stream: true },
        tools: offers,
        messages: request_messages.map(({ message }) => message),
        stream: true,
        history_complete: true,
        operation: 'chat' as const,
      },
      response: {
        response_id: `chatcmpl-${short(call)}`,
        model: options.model,
        messages: [answer],
        stop_reason: last ? 'stop' : 'tool_calls',
        usage,
        error: null,
        partial: false,
        first_content_event: 1,
        unknown_events: {},
      },
      cost_usd: 0.0001 * usage.input_tokens,
    };
    const exchange = exchangeOf(options, body, events, started_at, ended_at);
    yield {
      decoded: { exchange, format: 'openai-chat', call: decodedCall, decode_error: null },
      call: {
        trace_id: trace,
        new_trace:
          turn > 0
            ? null
            : {
                trace_id: trace,
                kind: 'agent',
                key: null,
                title: ask.slice(0, 120),
                parent_trace_id: null,
                parent_step_id: null,
                predecessor_trace_id: null,
                source: { kind: 'proxy', client: options.client, session: options.name, upstream: 'openai' },
                started_at,
              },
        call: {
          call_id: call,
          exchange_id: exchange.exchange_id,
          parent_call_id: parent,
          edge: { rule: parent === null ? 'root' : 'tool_call_id', basis: 'recorded', confidence: 1 },
          response_id: decodedCall.response.response_id,
          format: 'openai-chat',
          operation: 'chat',
          model: options.model,
          params: { stream: true },
          tools_offered: offers,
          usage,
          cost_usd: decodedCall.cost_usd,
          started_at: toIso(started_at),
          duration_ms: (ended_at - started_at) / 1000,
          ttft_ms: 300,
          stop_reason: decodedCall.response.stop_reason,
          partial: false,
          error: null,
        },
        decoded: decodedCall,
        request_messages,
        response_messages: history.slice(-1),
        inherited,
        lineage: {
          request_chain,
          response_chains: [chain],
          response_id: decodedCall.response.response_id,
          conversation_id: null,
          tool_call_ids: toolCalls.map(({ tool_call_id }) => tool_call_id),
          session_key: `session:${options.name}`,
          fingerprint: short(`${systemText}${ask}`),
          traits: '',
        },
        steps,
        new_tool_calls: toolCalls,
        tool_results: results,
        new_decisions: last ? [] : [decision],
        trace_patch: { ended_at, completion_status: last ? 'completed' : 'running' },
      },
    };
    parent = call;
    asked = toolCalls.map(({ tool_call_id, name }) => ({ id: tool_call_id, call, name, at: ended_at }));
  }
}

function eventsOf(
  id: string,
  model: string,
  text: string,
  toolCalls: NewToolCall[],
  from: number,
  to: number,
): StreamEvent[] {
  const deltas: Json[] = (text.match(/\S+\s*/g) ?? []).map((content) => ({ content }));
  for (const [index, call] of toolCalls.entries()) {
    deltas.push({ tool_calls: [{ index, id: call.tool_call_id, function: { name: call.name, arguments: '' } }] });
    for (const piece of JSON.stringify(call.arguments).match(/.{1,12}/g) ?? []) {
      deltas.push({ tool_calls: [{ index, function: { arguments: piece } }] });
    }
  }
  const events = deltas.map((delta, index) => ({
    data: JSON.stringify({
      id: `chatcmpl-${id}`,
      object: 'chat.completion.chunk',
      created: Math.floor(from / 1e6),
      model,
      choices: [{ index: 0, delta, finish_reason: null }],
    }),
    at: Math.round(from + ((to - from) * index) / deltas.length),
  }));
  return [...events, { data: '[DONE]', at: to }];
}

function exchangeOf(
  options: SessionOptions,
  body: string,
  events: StreamEvent[],
  started_at: number,
  ended_at: number,
): RedactedExchange {
  const head = { http_version: '1.1', trailers: [], truncated: false };
  const responseBytes = events.reduce((sum, { data }) => sum + data.length + 8, 0);
  const exchange = {
    exchange_id: uuidv7(),
    kind: 'http',
    via: 'intercept',
    client: { address: '127.0.0.1', port: 40_000, connection: 1, protocol: 'http/1.1' },
    method: 'POST',
    url: 'https://api.openai.com/v1/chat/completions',
    request: {
      ...head,
      headers: [
        ['Host', 'api.openai.com'],
        ['User-Agent', options.client],
        ['Authorization', 'Bearer <API_KEY_7f3a9c21>'],
        ['Content-Type', 'application/json'],
        ['Content-Length', String(body.length)],
      ],
      body: { kind: 'json', text: body },
      bytes: Buffer.byteLength(body),
    },
    response: {
      ...head,
      headers: [
        ['Date', new Date(started_at / 1000).toUTCString()],
        ['Content-Type', 'text/event-stream; charset=utf-8'],
        ['x-request-id', short(String(started_at))],
        ['openai-processing-ms', String(Math.round((ended_at - started_at) / 1000))],
      ],
      body: { kind: 'events', framing: 'sse', events, complete: true },
      bytes: responseBytes,
      status: 200,
      status_text: 'OK',
      informational: [],
    },
    started_at,
    headers_at: started_at + 200_000,
    first_byte_at: started_at + 250_000,
    ended_at,
    state: 'complete',
    issues: [],
    findings: [],
  };
  return exchange as unknown as RedactedExchange;
}
