import type { CapturedExchange, HeaderList } from './captured.js';
import type { Json, Micros } from './common.js';

/**
 * A body after content-decoding, before and after redaction alike. Everything but `sealed` is text that the redactor
 * walks; `sealed` is what cannot be read as text, kept only under encryption.
 */
export type Body =
  | { kind: 'empty' }
  | { kind: 'json'; text: string }
  | { kind: 'events'; framing: 'sse' | 'ndjson' | 'json-array'; events: StreamEvent[]; complete: boolean }
  | { kind: 'websocket'; messages: SocketMessage[] }
  | { kind: 'form'; text: string }
  | { kind: 'text'; text: string }
  /** `pieces`: all of it, where `bytes` is only the beginning. */
  | {
      kind: 'sealed';
      bytes: Uint8Array;
      pieces?: () => Iterable<Uint8Array>;
      media_type: string;
      reason: 'binary' | 'undecodable' | 'bomb';
    };

/** One event of a stream: an SSE event, an NDJSON line, an element of a streamed JSON array. */
export interface StreamEvent {
  /** SSE `event:` field. */
  event?: string;
  /** SSE `id:` field. */
  id?: string;
  /** SSE comment lines that stood before the event, kept so that the stream can be written again. */
  comment?: string;
  data: string;
  /** When its last byte arrived; absent where the body was compressed. */
  at?: Micros;
}

export interface SocketMessage {
  from: 'client' | 'server';
  opcode: 'text' | 'binary' | 'close' | 'ping' | 'pong';
  /** Text for text messages and close reasons; base64 for binary ones, empty once redacted. */
  data: string;
  /** Bytes of a binary message after redaction: not enumerable, only ever stored encrypted. */
  sealed?: Uint8Array;
  at?: Micros;
}

/** A problem met while reading a body; the exchange is kept and marked. */
export interface BodyIssue {
  side: 'request' | 'response';
  code:
    | 'content_encoding_invalid'
    | 'content_encoding_unknown'
    | 'bomb'
    | 'truncated'
    | 'json_invalid'
    | 'utf8_invalid'
    | 'stream_cut'
    | 'framing_invalid';
  message: string;
}

/** What a body's end alone lacks: what came before it was read. */
const cutShort: ReadonlySet<string> = new Set<BodyIssue['code']>(['truncated', 'stream_cut']);

/** Why an exchange counts as undecoded, each reason once; empty where all that came could be read. */
export function undecodedReasons(
  decodeError: { code: string } | null,
  issues: readonly { code: string }[],
): readonly string[] {
  const codes = issues.map(({ code }) => code).filter((code) => !cutShort.has(code));
  return [...new Set(decodeError === null ? codes : [...codes, decodeError.code])];
}

/** An exchange whose bodies were content-decoded and split into events. Still sensitive. */
export interface ReadExchange extends Omit<CapturedExchange, 'request' | 'response'> {
  request: ReadMessage;
  response?: ReadResponse;
  issues: BodyIssue[];
}
export interface ReadMessage {
  http_version: string;
  headers: HeaderList;
  trailers: HeaderList;
  body: Body;
  bytes: number;
  truncated: boolean;
}
export interface ReadResponse extends ReadMessage {
  status: number;
  status_text: string;
  informational: { status: number; headers: HeaderList }[];
}

declare const redacted: unique symbol;
/** A read exchange after redaction: the only kind that formats, assembly and the store accept. */
export type RedactedExchange = ReadExchange & {
  readonly [redacted]: true;
  /** At most 1,000. */
  findings: Finding[];
  /** How many there were, where it is more than `findings` holds. */
  findings_total?: number;
};

/** What is done with a value that redaction found. */
export const findingActions = ['surrogate', 'pseudonym', 'mask', 'drop'] as const;
export type FindingAction = (typeof findingActions)[number];

/** An entity that redaction found and replaced. It never holds the value. */
export interface Finding {
  finding_id: string;
  /** e.g. `API_KEY`, `EMAIL`, `CREDIT_CARD`. */
  entity: string;
  /** Where: `request.headers.authorization`, `request.body.messages[2].content`, `response.body`, `url`. */
  path: string;
  /** UTF-16 span of the replacement in the redacted text at `path`. */
  start: number;
  end: number;
  /** Beside `mask`, `drop` says that exports leave out what holds it. */
  action: FindingAction;
  /** What stands there now: `<EMAIL_7f3a9c21>`, `<EMAIL_MASKED>`, or an invented value of the same shape. */
  replacement: string;
  detector: string;
  /** 0..1 */
  confidence: number;
}

// ---- what a wire format yields, the same for all vendors ----

export type Role = 'system' | 'developer' | 'user' | 'assistant' | 'tool';

export type Part =
  | {
      type: 'text';
      text: string;
      /** What the vendor calls this stage of its answer: `commentary`, `final_answer`. */
      phase?: string;
      /** Begins another message of the same answer. */
      begins?: true;
    }
  | { type: 'reasoning'; text: string; encrypted?: boolean; signature?: string }
  | { type: 'refusal'; text: string }
  | {
      type: 'tool_call';
      id: string | null;
      name: string;
      arguments: Json;
      /** The text that did not parse as JSON; `arguments` is then the same string. */
      invalid_json?: true;
      /** Run by the vendor: its result comes in the same response. */
      server?: true;
      /** `function`, `custom`, `mcp`, `shell`, … */
      kind?: string;
      /** The MCP server that the vendor asked. */
      server_name?: string;
    }
  | { type: 'tool_result'; tool_call_id: string | null; name?: string; result: Json; is_error?: boolean }
  | {
      type: 'media';
      media: 'image' | 'audio' | 'video' | 'file';
      media_type?: string;
      url?: string;
      bytes?: number;
      sha256?: string;
    }
  | {
      type: 'other';
      label: string;
      value: Json;
      /** Noted beside what the message says (citations, fields of its own): without it the words are the same. */
      remark?: true;
    };

export interface ChatMessage {
  role: Role;
  name?: string;
  /** The vendor's id of this message or item, where it has one. */
  id?: string;
  parts: Part[];
}

export interface ToolOffer {
  name: string;
  description?: string;
  parameters?: Json;
  kind?: string;
}

export interface DecodedRequest {
  model: string | null;
  /** temperature, max_tokens, tool_choice, …: everything but messages and tools. */
  params: { [key: string]: Json };
  tools: ToolOffer[];
  /** System and developer messages first as they stood, then the history. */
  messages: ChatMessage[];
  stream: boolean;
  /** False where the history is not resent (previous_response_id, conversation, threads). */
  history_complete: boolean;
  /** So many leading messages were taken over from another trace, which holds the calls that they tell of. Files say so. */
  copied?: number;
  previous_response_id?: string;
  conversation_id?: string;
  /** Session ids found in the body (Anthropic metadata.user_id …). */
  session_hint?: string;
  /** `count_tokens`, `embeddings`, …: calls that do not generate. */
  operation: 'chat' | 'completion' | 'embeddings' | 'count_tokens' | 'compact' | 'other';
}

export interface Usage {
  /** All input tokens, cached ones included. */
  input_tokens?: number;
  output_tokens?: number;
  /** Part of `input_tokens` that was read from the vendor's cache. */
  cached_input_tokens?: number;
  /** Part of `input_tokens` that was written to the vendor's cache, and what of it at the 1-hour price. */
  cache_write_tokens?: number;
  cache_write_1h_tokens?: number;
  /** Part of `output_tokens`. */
  reasoning_tokens?: number;
}

export interface DecodedResponse {
  response_id: string | null;
  /** The model that answered, as the response names it. */
  model: string | null;
  /** One message per choice; n > 1 is possible. Server tools' results are parts of the same message. */
  messages: ChatMessage[];
  stop_reason: string | null;
  usage: Usage | null;
  error: { code: string; message: string; details?: Json } | null;
  /** The stream ended before the format's own end. */
  partial: boolean;
  /** Index in `events` of the first event with content; for time to first token. */
  first_content_event: number | null;
  /** Event types this decoder does not know, with their count; their payloads stay in the raw body. */
  unknown_events: { [type: string]: number };
}

/** A model call read from a redacted exchange. */
export interface DecodedCall {
  format: string;
  request: DecodedRequest;
  response: DecodedResponse | null;
  /** Time to first token, where the arrival of its event is known. */
  first_token_at?: Micros;
  cost_usd: number | null;
}
