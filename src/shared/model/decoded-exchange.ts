import type { Json, Micros } from './common.js';
import type { DecodedCall, RedactedExchange } from './decoded.js';
import type { IntakeRecord } from './intake.js';

/** What the formats made of a redacted exchange: a call, or plain HTTP. */
export interface DecodedExchange {
  exchange: RedactedExchange;
  /** Id of the format, or `http` / `websocket` / `connect`. */
  format: string;
  call: DecodedCall | null;
  /** The answer of a call that was sent in another exchange, or how far it is; of that call's request only what is repeated. */
  answer?: { response_id: string; call: DecodedCall };
  /** What an agent's tool did: MCP messages, or a plain HTTP request; absent for model calls. */
  action?: DecodedAction;
  /** Set where the exchange carries an intake record; its call, if it has one, is `call`. */
  record?: IntakeRecord;
  /** `undecoded`: a format claimed it but could not read it. */
  decode_error: { code: string; message: string } | null;
  /** Formats that could not even say whether it is theirs, passed over; absent where there were none. */
  failed_formats?: string[];
}

/** Messages of a tool protocol, or one HTTP request, as the join with tool calls looks at them. */
export interface DecodedAction {
  protocol: 'mcp' | 'http';
  /** MCP protocol version where it is known. */
  dialect?: string;
  /** Host and path of the MCP endpoint; host of a plain request. */
  server: string;
  /** MCP session; null where there is none. */
  session_id: string | null;
  items: ActionItem[];
  /** Methods and events that are not known, with their count; absent where there are none. */
  unknown_events?: { [type: string]: number };
}

/** One half or both halves of a request; halves of the same `id` at the same server and session belong together. */
export interface ActionItem {
  /** JSON-RPC id as text; null for plain HTTP. */
  id: string | null;
  /** `tools/call`, `initialize`, `tools/list`, …; HTTP method. */
  method: string;
  /** `client`: the agent asks; `server`: the server asks (sampling, elicitation). */
  from: 'client' | 'server';
  /** Tool name of tools/call; URL of a plain request. */
  name?: string;
  /** Present where the request half is in this exchange. */
  arguments?: Json;
  /** Present where the response half is in this exchange. */
  result?: Json;
  is_error?: boolean;
  /** The request has to be sent again under a new id (MCP 2026-07-28, resultType input_required). */
  incomplete?: boolean;
  /** tools/list: names of the tools the server offers. */
  tools?: string[];
  /** W3C traceparent of `params._meta` or of the headers. */
  traceparent?: string;
  started_at: Micros;
  ended_at?: Micros;
}
