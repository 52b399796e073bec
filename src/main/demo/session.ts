import { createHash } from 'node:crypto';
import { uuidv7 } from '../../shared/ids.js';
import type {
  CapturedExchange,
  CapturedMessage,
  CapturedResponse,
  HeaderList,
  Micros,
} from '../../shared/model/index.js';
import { anthropicMessages } from './anthropic-messages.js';
import type { AnswerWithIds, Dialect, JsonObject } from './dialect.js';
import { type McpExchange, mcpClient } from './mcp.js';
import { openaiChat } from './openai-chat.js';
import { openaiResponses } from './openai-responses.js';
import type { DemoAnswer, DemoFailure, DemoScript } from './script.js';

const dialects = {
  'anthropic-messages': anthropicMessages,
  'openai-chat': openaiChat,
  'openai-responses': openaiResponses,
} as const satisfies Record<DemoScript['format'], Dialect>;

/** How far into an answer the first event comes, and how far the one after which nothing more is waited for. */
const firstEvent = 0.28;
const abortedAt = 0.6;

const encoder = new TextEncoder();
const seconds = (value: number): Micros => Math.round(value * 1_000_000);

interface Playing {
  script: DemoScript;
  dialect: Dialect;
  /** Counts connections; above what a capture reaches, so that a demo never meets live traffic. */
  connection: number;
  now: Micros;
  exchanges: CapturedExchange[];
}

/**
 * Plays one session from `startedAt` on and returns its exchanges and when it ended.
 * @param child plays a session that a tool call starts, from that moment on
 */
export function playSession(
  script: DemoScript,
  connection: number,
  startedAt: Micros,
  child: (name: string, at: Micros) => { exchanges: CapturedExchange[]; ended_at: Micros },
): { exchanges: CapturedExchange[]; ended_at: Micros } {
  const dialect: Dialect = dialects[script.format];
  const play: Playing = { script, dialect, connection, now: startedAt, exchanges: [] };
  let history: JsonObject[] = [];
  let callIds: string[] = [];
  let previousId: string | null = null;
  let asked: DemoAnswer['calls'] = [];
  const mcp = mcpClient(script);
  for (const each of mcp.list(startedAt - seconds(0.3))) push(play, each);
  for (const turn of script.turns) {
    const before = play.now;
    play.now += seconds(turn.wait);
    for (const each of mcp.calls(asked, turn.results ?? [], before, play.now)) push(play, each);
    if (turn.user !== undefined) history.push(...dialect.user(turn.user));
    if (turn.results !== undefined) {
      history.push(
        ...dialect.results(turn.results.map((result, index) => ({ id: callIds[index] as string, ...result }))),
      );
    }
    const request = () => dialect.request(script, [...history], previousId);
    if (turn.fail !== undefined) send(play, request(), { failure: turn.fail });
    if (turn.abort !== undefined) send(play, request(), { answer: withIds(play, turn.abort), aborted: true });
    if (turn.answer === undefined) continue;
    const answer = withIds(play, turn.answer);
    const kept = send(play, request(), { answer, aborted: false });
    callIds = answer.call_ids;
    asked = turn.answer.calls;
    if (script.chained) {
      history = [];
      previousId = answer.id;
    } else {
      history.push(...kept);
    }
    for (const { spawns } of turn.answer.calls) {
      if (spawns === undefined) continue;
      const spawned = child(spawns, play.now + seconds(0.4));
      play.exchanges.push(...spawned.exchanges);
      play.now = spawned.ended_at + seconds(0.2);
    }
  }
  return { exchanges: play.exchanges, ended_at: play.now };
}

/** Gives an answer ids that look like the vendor's and are the same at every start. */
function withIds({ script, dialect, exchanges }: Playing, answer: DemoAnswer): AnswerWithIds {
  const id = (label: string) =>
    createHash('sha256')
      .update(`${script.name}:${exchanges.length}:${label}`)
      .digest('base64url')
      .replace(/[-_]/g, 'x')
      .slice(0, 22);
  return {
    ...answer,
    id: `${dialect.ids.answer}${id('answer')}`,
    call_ids: answer.calls.map((_, index) => `${dialect.ids.call}${id(`call ${index}`)}`),
  };
}

/** Captures one call as the proxy would have; returns what the client keeps of the answer. */
function send(
  play: Playing,
  request: JsonObject,
  outcome: { failure: DemoFailure } | { answer: AnswerWithIds; aborted: boolean },
): JsonObject[] {
  const { script, dialect, connection } = play;
  const started_at = play.now;
  const failed = 'failure' in outcome;
  const ended_at = started_at + seconds(failed ? outcome.failure.seconds : outcome.answer.seconds);
  const rendered = failed ? null : dialect.answer(script, outcome.answer);
  const aborted = !failed && outcome.aborted;
  const streamed = script.stream && rendered !== null;
  const parts = failed
    ? [JSON.stringify(dialect.failure(outcome.failure))]
    : streamed
      ? (rendered?.events ?? [])
      : [JSON.stringify(rendered?.whole)];
  const sent = aborted ? parts.slice(0, Math.ceil(parts.length * abortedAt)) : parts;
  const first_byte_at = started_at + Math.round((ended_at - started_at) * (streamed ? firstEvent : 0.96));
  const response: CapturedResponse = {
    ...message(sent, first_byte_at, ended_at, [
      ['content-type', streamed ? 'text/event-stream; charset=utf-8' : 'application/json'],
      ['date', new Date(started_at / 1000).toUTCString()],
    ]),
    status: failed ? outcome.failure.status : 200,
    status_text: failed ? 'Too Many Requests' : 'OK',
    informational: [],
  };
  play.exchanges.push({
    exchange_id: uuidv7(Math.floor(started_at / 1000)),
    kind: 'http',
    via: script.gateway === undefined ? 'intercept' : 'gateway',
    ...(script.gateway === undefined
      ? {}
      : { session: script.gateway.session, session_source: 'path', upstream_name: script.gateway.upstream }),
    client: { address: '127.0.0.1', port: 50_000 + (connection % 1000), connection, protocol: 'http/1.1' },
    method: 'POST',
    url: script.gateway === undefined ? dialect.url : new URL('/v1/chat/completions', script.gateway.url).href,
    request: message([JSON.stringify(request)], started_at, started_at, requestHeaders(script, dialect)),
    response,
    started_at,
    headers_at: first_byte_at - 1500,
    first_byte_at,
    ended_at,
    state: aborted ? 'aborted' : 'complete',
    ...(aborted
      ? {
          error: {
            code: 'client_aborted',
            message: 'The client closed the connection before the response was complete.',
          },
        }
      : {}),
  });
  play.now = ended_at;
  return aborted ? [] : (rendered?.history ?? []);
}

/** An exchange with the MCP server; it comes before what it was asked for in. */
function push(play: Playing, { url, request, response, headers, started_at, ended_at }: McpExchange): void {
  play.exchanges.push({
    exchange_id: uuidv7(Math.floor(started_at / 1000)),
    kind: 'http',
    via: 'intercept',
    client: {
      address: '127.0.0.1',
      port: 52_000 + (play.connection % 1000),
      connection: play.connection + 1000,
      protocol: 'http/1.1',
    },
    method: 'POST',
    url,
    request: message([JSON.stringify(request)], started_at, started_at, headers),
    response: {
      ...message([JSON.stringify(response)], ended_at, ended_at, [['content-type', 'application/json']]),
      status: 200,
      status_text: 'OK',
      informational: [],
    },
    started_at,
    headers_at: ended_at - 800,
    first_byte_at: ended_at,
    ended_at,
    state: 'complete',
  });
}

function requestHeaders(script: DemoScript, dialect: Dialect): HeaderList {
  const headers: HeaderList = [
    ['content-type', 'application/json'],
    ['accept', 'application/json'],
    ['user-agent', script.client],
  ];
  if (script.gateway === undefined) headers.push(...dialect.headers);
  if (script.session !== undefined) {
    headers.push([script.session, uuidOf(script.parent ?? script.name)]);
    if (script.parent !== undefined)
      headers.push(['x-claude-code-agent-id', `agent-${uuidOf(script.name).slice(0, 8)}`]);
  }
  return headers;
}

function uuidOf(name: string): string {
  const digest = createHash('sha256').update(`session ${name}`).digest('hex');
  return [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `4${digest.slice(13, 16)}`,
    `a${digest.slice(17, 20)}`,
    digest.slice(20, 32),
  ].join('-');
}

/** A body that came in `parts`, spread evenly between two moments. */
function message(parts: string[], from: Micros, to: Micros, headers: HeaderList): CapturedMessage {
  const bytes = parts.map((part) => encoder.encode(part));
  const length = bytes.reduce((sum, part) => sum + part.length, 0);
  const body = new Uint8Array(length);
  const chunks: CapturedMessage['chunks'] = [];
  let offset = 0;
  bytes.forEach((part, index) => {
    body.set(part, offset);
    chunks.push({ offset, at: Math.round(from + ((to - from) * index) / Math.max(1, bytes.length - 1)) });
    offset += part.length;
  });
  return { http_version: '1.1', headers, trailers: [], body, bytes: length, truncated: false, chunks };
}
