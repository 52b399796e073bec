import type { ActionItem, Body, DecodedAction, Json, Micros } from '../../../shared/model/index.js';
import { parseJson } from '../../ground/json.js';
import { header } from '../content/headers.js';
import type { Subject } from '../formats/format.js';
import { objectOf, objectsOf, textOf, wordOf } from '../formats/json.js';
import { unknownCounter } from '../formats/unknown.js';
import { isTelling, knownMethod, type RpcMessage, rpcMessages } from './mcp-messages.js';

/** More items than this in one exchange are an attack; what is beyond is counted. */
const mostItems = 10_000;
const versionKey = 'io.modelcontextprotocol/protocolVersion';
const oldest = '2024-11-05';

/** A message of the answer, and when it came. */
interface Answered {
  message: RpcMessage;
  at: Micros | undefined;
}
/** Halves that an exchange has both of. */
type Open = Map<string, ActionItem>;

/**
 * The messages of an MCP exchange over HTTP, whichever of the three dialects: 2024-11-05 (requests are posted, answers
 * come over an event stream of their own that begins with `endpoint`), 2025-03-26 to 2025-11-25 (a session in
 * `Mcp-Session-Id`; answers as JSON or as a stream) and 2026-07-28 (no session, `Mcp-Method` and `Mcp-Name`). Null where
 * it is something else.
 */
export function mcpAction(subject: Subject): DecodedAction | null {
  const { exchange } = subject;
  const { headers } = exchange.request;
  const session = header(headers, 'mcp-session-id') ?? header(exchange.response?.headers ?? [], 'mcp-session-id');
  const named = session !== undefined || header(headers, 'mcp-protocol-version') !== undefined;
  const sent = exchange.method === 'POST' ? rpcMessages(subject.request) : null;
  const stream = exchange.response?.body.kind === 'events' ? exchange.response.body : null;
  const endpoint = exchange.method === 'GET' && stream !== null ? endpointOf(stream) : null;
  const posted = exchange.method === 'POST' && sent !== null;
  // In the oldest dialect an answer to the server says nothing but the session that it stands in.
  const isMcp = named || (posted && isTelling(sent)) || (posted && queryOf(exchange.url) !== null);
  if (posted ? !isMcp : !(endpoint !== null || (named && /^(?:GET|DELETE)$/.test(exchange.method)))) return null;

  const counter = unknownCounter();
  const items: ActionItem[] = [];
  const add = (item: ActionItem) => {
    if (items.length < mostItems) items.push(item);
    else counter.add('beyond the limit');
  };
  const open: Open = new Map();
  for (const message of sent ?? []) {
    if (!knownMethod(message)) counter.add((message as { method: string }).method);
    if (message.kind === 'notification') continue;
    const item =
      message.kind === 'request'
        ? asked(message, 'client', exchange.started_at, header(headers, 'traceparent'))
        : answeredItem(message, 'server', exchange.started_at);
    if (message.kind === 'request') open.set(message.id, item);
    add(item);
  }
  let negotiated: string | undefined;
  for (const { message, at } of answers(subject, counter.add)) {
    if (!knownMethod(message)) counter.add((message as { method: string }).method);
    const time = at ?? exchange.ended_at;
    if (message.kind === 'request') add(asked(message, 'server', time, undefined));
    else if (message.kind === 'response') {
      // A request that could not be read is answered without its id.
      const id = message.id ?? (open.size === 1 ? ([...open.keys()][0] as string) : '');
      const item = open.get(id);
      if (item?.method === 'initialize') negotiated = wordOf(objectOf(message.result).protocolVersion);
      if (item === undefined) add(answeredItem(message, 'client', time));
      else complete(item, message, time);
      open.delete(id);
    }
  }
  refused(subject, open);
  const dialect = negotiated ?? dialectOf(subject, sent) ?? (named ? undefined : oldestDialect(subject, endpoint));
  const unknown_events = counter.counts();
  return {
    protocol: 'mcp',
    ...(dialect === undefined ? {} : { dialect }),
    server: placeOf(exchange.url),
    session_id: session ?? (endpoint || queryOf(exchange.url)),
    items,
    ...(Object.keys(unknown_events).length === 0 ? {} : { unknown_events }),
  };
}

type Request = Extract<RpcMessage, { kind: 'request' }>;
type Response = Extract<RpcMessage, { kind: 'response' }>;

function asked(
  { id, method, params }: Request,
  from: ActionItem['from'],
  at: Micros,
  traceparent?: string,
): ActionItem {
  const { _meta: meta, ...rest } = params;
  const parent = textOf(objectOf(meta).traceparent) ?? traceparent;
  const name = method === 'tools/call' ? textOf(params.name) : undefined;
  return {
    id,
    method,
    from,
    ...(name === undefined ? {} : { name }),
    arguments: method === 'tools/call' ? (params.arguments ?? {}) : rest,
    ...(parent === undefined ? {} : { traceparent: parent }),
    started_at: at,
  };
}

/** An answer whose request came in another exchange. */
function answeredItem(response: Response, from: ActionItem['from'], at: Micros): ActionItem {
  const item: ActionItem = { id: response.id, method: '', from, started_at: at };
  complete(item, response, at);
  return item;
}

function complete(item: ActionItem, { result, failed }: Response, at: Micros): void {
  item.result = result;
  item.ended_at = at;
  const { isError, resultType, tools } = objectOf(result);
  if (failed || isError === true) item.is_error = true;
  if (!failed && resultType === 'input_required') item.incomplete = true;
  if (!failed && Array.isArray(tools) && (item.method === 'tools/list' || item.method === '')) {
    item.tools = objectsOf(tools).flatMap((tool) => wordOf(tool.name) ?? []);
  }
}

/** Messages of the response, in their order. */
function* answers({ exchange, responseJson }: Subject, unknown: (name: string) => void): Generator<Answered> {
  const body = exchange.response?.body;
  if (body?.kind === 'json') {
    for (const message of rpcMessages(responseJson) ?? []) yield { message, at: undefined };
  } else if (body?.kind === 'events') {
    for (const { event, data, at } of body.events) {
      // An event without data only says where a broken stream can be taken up again.
      if (data === '' || event === 'endpoint') continue;
      const messages = rpcMessages(parseJson(data));
      if (messages === null) unknown(event === undefined || event === 'message' ? 'not JSON-RPC' : `event.${event}`);
      for (const message of messages ?? []) yield { message, at };
    }
  }
}

/** Requests that were answered by a status alone, or by a page: the server did not take them. */
function refused({ exchange, responseJson }: Subject, open: Open): void {
  const { response } = exchange;
  if (response === undefined || response.status < 400) return;
  const { body } = response;
  const refusal: Json = responseJson ?? (body.kind === 'text' ? body.text.slice(0, 4000) : `HTTP ${response.status}`);
  for (const item of open.values()) {
    item.result = refusal;
    item.is_error = true;
    item.ended_at = exchange.ended_at;
  }
}

function dialectOf({ exchange }: Subject, sent: RpcMessage[] | null): string | undefined {
  const named = header(exchange.request.headers, 'mcp-protocol-version');
  if (named !== undefined) return named.slice(0, 64);
  for (const message of sent ?? []) {
    if (message.kind === 'response') continue;
    const version = wordOf(objectOf(message.params._meta)[versionKey]) ?? wordOf(message.params.protocolVersion);
    // What a client asks for in `initialize` is what the server may still answer down from.
    if (version !== undefined) return version.slice(0, 64);
  }
  return undefined;
}

/** Only there are requests answered elsewhere, with 202 and no session in a header. */
function oldestDialect({ exchange }: Subject, endpoint: string | null): string | undefined {
  if (endpoint !== null) return oldest;
  return exchange.response?.status === 202 && queryOf(exchange.url) !== null ? oldest : undefined;
}

/** The session in the first event of the oldest dialect's stream; null where it is no such stream. */
function endpointOf(body: Extract<Body, { kind: 'events' }>): string | null {
  const first = body.events.find(({ data }) => data !== '');
  return first?.event === 'endpoint' ? (queryOf(first.data) ?? '') : null;
}

/** The session in the query of the address to post to; SDKs call it `sessionId` or `session_id`. */
function queryOf(address: string): string | null {
  const query = address.indexOf('?');
  if (query === -1) return null;
  const parameters = new URLSearchParams(address.slice(query + 1, query + 4096));
  return parameters.get('sessionId') ?? parameters.get('session_id');
}

function placeOf(url: string): string {
  if (!URL.canParse(url)) return '';
  const { host, pathname } = new URL(url);
  return `${host}${pathname.replace(/\/+$/, '')}`;
}
