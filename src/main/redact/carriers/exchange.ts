import type {
  Body,
  ErrorRecord,
  HeaderList,
  Json,
  ReadExchange,
  ReadMessage,
  ReadResponse,
  RedactedExchange,
  SocketMessage,
} from '../../../shared/model/index.js';
import type { NameJudge } from '../policy/names.js';
import { applyEdits } from '../scan/edits.js';
import { createFindingSink, type FindingSink, mostFindings } from '../scan/findings.js';
import { redactHeaders } from './headers.js';
import type { JsonRedactor } from './json/redact-json.js';
import type { SecretSink } from './repeated.js';
import { redactStream } from './streams.js';
import { withoutTokens } from './token-lists.js';
import { pairEdits, urlEdits } from './urls.js';

/**
 * Redacts every string of an exchange. The one place where a RedactedExchange is made: its fields are named one by
 * one, so a new field of ReadExchange does not compile until it is decided here. `secrets` gets what was found.
 */
export function redactExchange(
  read: ReadExchange,
  json: JsonRedactor,
  names: NameJudge,
  secrets?: SecretSink,
): RedactedExchange {
  const sink = createFindingSink(
    () => read.started_at / 1000,
    secrets && (({ entity, value, confidence }) => secrets.add(entity, value, confidence)),
  );
  const room: Room = { sink, json, names };
  const url = urlEdits(read.url, json, names);
  sink.add('url', url);
  const redacted: Fields = {
    exchange_id: read.exchange_id,
    kind: read.kind,
    via: read.via,
    part_of: read.part_of,
    session: optional(read.session, 'session', room),
    session_source: read.session_source,
    client: { ...read.client, address: plain(read.client.address, 'client.address', room) },
    upstream_name: optional(read.upstream_name, 'upstream_name', room),
    method: plain(read.method, 'method', room),
    url: applyEdits(read.url, url),
    request: message(read.request, 'request', room),
    response: read.response && response(read.response, room),
    started_at: read.started_at,
    headers_at: read.headers_at,
    first_byte_at: read.first_byte_at,
    ended_at: read.ended_at,
    state: read.state,
    error: read.error && errorRecord(read.error, room),
    issues: read.issues.map((issue, index) => ({
      ...issue,
      message: plain(issue.message, `issues[${index}].message`, room),
    })),
    findings: sink.findings,
    findings_total: 0,
  };
  redacted.findings_total = sink.total > mostFindings ? sink.total : undefined;
  // Copied rather than deleted from: an object that lost fields is slow for whoever reads it.
  const stated: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(redacted)) if (value !== undefined) stated[field] = value;
  return stated as unknown as Fields & RedactedExchange;
}

/** Every field, so that none is forgotten; the brand is all that is missing. */
type Fields = {
  [field in keyof Required<Omit<RedactedExchange, symbol>> & string]: Omit<RedactedExchange, symbol>[field];
};

interface Room {
  sink: FindingSink;
  json: JsonRedactor;
  names: NameJudge;
}

function plain(text: string, path: string, { sink, json }: Room): string {
  const edits = json.text(text);
  sink.add(path, edits);
  return applyEdits(text, edits);
}

function optional(text: string | undefined, path: string, room: Room): string | undefined {
  return text === undefined ? undefined : plain(text, path, room);
}

/** Details are JSON: walked as such, so that keys count and numbers too. */
function errorRecord(error: ErrorRecord, room: Room): ErrorRecord {
  const out: ErrorRecord = { code: error.code, message: plain(error.message, 'error.message', room) };
  if (error.details !== undefined) out.details = jsonValue(error.details, 'error.details', room);
  return out;
}

function jsonValue(value: Json, path: string, { sink, json }: Room): Json {
  const text = JSON.stringify(value);
  const { edits } = json.document(text, 0, path, sink.add);
  return edits.length === 0 ? value : (JSON.parse(applyEdits(text, edits)) as Json);
}

function headers(list: HeaderList, path: string, { sink, json, names }: Room): HeaderList {
  return redactHeaders(list, path, sink, json, names);
}

function message(read: ReadMessage, path: string, room: Room): ReadMessage {
  return {
    http_version: plain(read.http_version, `${path}.http_version`, room),
    headers: headers(read.headers, `${path}.headers`, room),
    trailers: headers(read.trailers, `${path}.trailers`, room),
    body: body(read.body, `${path}.body`, room),
    bytes: read.bytes,
    truncated: read.truncated,
  } satisfies Record<keyof ReadMessage, unknown>;
}

function response(read: ReadResponse, room: Room): ReadResponse {
  const answer = message(read, 'response', room);
  return {
    ...answer,
    ...(changed(read.body, answer.body) ? { body: withoutTokens(answer.body) } : {}),
    status: read.status,
    status_text: plain(read.status_text, 'response.status_text', room),
    informational: read.informational.map((each, index) => ({
      status: each.status,
      headers: headers(each.headers, `response.informational[${index}].headers`, room),
    })),
  };
}

/** Whether something was found in what a body says. */
function changed(before: Body, after: Body): boolean {
  if (before.kind === 'json' && after.kind === 'json') return before.text !== after.text;
  if (before.kind === 'events' && after.kind === 'events')
    return before.events.some(({ data }, index) => data !== after.events[index]?.data);
  if (before.kind === 'websocket' && after.kind === 'websocket')
    return before.messages.some(({ data }, index) => data !== after.messages[index]?.data);
  return false;
}

function body(read: Body, path: string, room: Room): Body {
  const { json, names, sink } = room;
  switch (read.kind) {
    case 'empty':
      return { kind: 'empty' };
    case 'json': {
      const { edits, valid } = json.document(read.text, 0, path, sink.add);
      const text = applyEdits(read.text, edits);
      // Cut or broken: what lies between its strings is text too.
      return { kind: 'json', text: valid ? text : plain(text, path, room) };
    }
    case 'text':
      return { kind: 'text', text: textBody(read.text, path, room) };
    case 'form': {
      const edits = pairEdits(read.text, json, names, false);
      sink.add(path, edits);
      return { kind: 'form', text: plain(applyEdits(read.text, edits), path, room) };
    }
    case 'events': {
      const items = read.events.map(({ data, event }, index) => ({
        data,
        path: `${path}.events[${index}]`,
        channel: event ?? '',
      }));
      const texts = redactStream(items, json, sink, read.framing);
      const events = read.events.map((event, index) => {
        const at = `${path}.events[${index}]`;
        return {
          ...(event.event === undefined ? {} : { event: plain(event.event, `${at}#event`, room) }),
          ...(event.id === undefined ? {} : { id: plain(event.id, `${at}#id`, room) }),
          ...(event.comment === undefined ? {} : { comment: plain(event.comment, `${at}#comment`, room) }),
          data: texts[index] as string,
          ...(event.at === undefined ? {} : { at: event.at }),
        };
      });
      return { kind: 'events', framing: read.framing, events, complete: read.complete };
    }
    case 'websocket':
      return { kind: 'websocket', messages: socketMessages(read.messages, path, room) };
    case 'sealed':
      return {
        kind: 'sealed',
        bytes: read.bytes,
        ...(read.pieces === undefined ? {} : { pieces: read.pieces }),
        media_type: plain(read.media_type, `${path}#media_type`, room),
        reason: read.reason,
      };
  }
}

/** Text that turns out to be JSON is reported leaf by leaf, like a JSON body. */
function textBody(text: string, path: string, room: Room): string {
  if (/^\s*[{[]/.test(text)) {
    const found: [string, Parameters<FindingSink['add']>[1]][] = [];
    const { edits, valid } = room.json.document(text, 0, path, (at, each) => found.push([at, each]));
    if (valid) {
      for (const [at, each] of found) room.sink.add(at, each);
      return applyEdits(text, edits);
    }
  }
  return plain(text, path, room);
}

function socketMessages(messages: readonly SocketMessage[], path: string, room: Room): SocketMessage[] {
  const items = messages.map((each, index) => ({
    data: each.opcode === 'binary' ? '' : each.data,
    path: `${path}.messages[${index}]`,
    channel: each.from,
  }));
  const texts = redactStream(items, room.json, room.sink, 'websocket');
  return messages.map((each, index) => {
    const out: SocketMessage = { from: each.from, opcode: each.opcode, data: texts[index] as string };
    if (each.at !== undefined) out.at = each.at;
    if (each.opcode === 'binary') sealBinary(out, each.sealed ?? Buffer.from(each.data, 'base64'));
    return out;
  });
}

/** Binary payloads can hold anything: they leave the text and are only kept where the store encrypts them. */
function sealBinary(message: SocketMessage, bytes: Uint8Array): void {
  // Not enumerable: whoever writes the messages as JSON without knowing of it writes nothing sensitive.
  Object.defineProperty(message, 'sealed', { value: bytes, enumerable: false });
}
