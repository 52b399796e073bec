import type {
  Assembled,
  AssembledCall,
  Body,
  DecodedExchange,
  Finding,
  HeaderList,
  ReadExchange,
} from '../../../shared/model/index.js';
import { undecodedReasons } from '../../../shared/model/index.js';
import { bodyText } from '../bodies/body-text.js';
import type { ChunkStore } from '../bodies/chunk-store.js';
import type { ExchangeHead, StoredBody } from '../codec/exchange-head.js';
import { packJson } from '../codec/pack.js';
import { uidBytes } from '../codec/uid.js';
import { encodeDeltas } from '../codec/varint.js';
import type { CaptureCounts } from '../counts/capture-counts.js';
import type { Counters } from '../counts/counters.js';
import type { Terms } from '../dictionaries/terms.js';
import type { FindingRows } from '../findings/finding-rows.js';
import { exchangeTextRow, type Schema } from '../sqlite/schema.js';
import type { Prepared, Statements } from '../sqlite/statements.js';
import { exchangeSearchText } from '../text/exchange-text.js';
import type { TextIndex } from '../text/text-index.js';
import { exchangeTerms, isCommon, type Term } from './exchange-terms.js';

type ExchangeRow = Omit<Schema['exchanges'], 'id'>;
type UsageRow = { id: number } & Pick<
  Schema['exchanges'],
  'tool_names' | 'input_tokens' | 'output_tokens' | 'usage' | 'cost_usd'
>;
type ContentsRow = Schema['exchange_contents'];

/** Stores an exchange: its row, its terms, its bodies, its findings. */
export class ExchangeSaver {
  readonly #chunks: ChunkStore;
  readonly #terms: Terms;
  readonly #text: TextIndex;
  readonly #counters: Counters;
  readonly #captureCounts: CaptureCounts;
  readonly #findings: FindingRows;
  readonly #clientName: (headers: HeaderList) => string;
  readonly #find: Prepared<{ uid: Buffer }, { id: number }>;
  readonly #insert: Prepared<ExchangeRow, unknown>;
  readonly #insertContents: Prepared<ContentsRow, unknown>;
  readonly #insertTerm: Prepared<Schema['exchange_terms'], unknown>;
  readonly #setUsage: Prepared<UsageRow, unknown>;

  constructor(
    statements: Statements,
    parts: {
      chunks: ChunkStore;
      terms: Terms;
      text: TextIndex;
      counters: Counters;
      captureCounts: CaptureCounts;
      findings: FindingRows;
    },
    clientName: (headers: HeaderList) => string,
  ) {
    this.#chunks = parts.chunks;
    this.#terms = parts.terms;
    this.#text = parts.text;
    this.#counters = parts.counters;
    this.#captureCounts = parts.captureCounts;
    this.#findings = parts.findings;
    this.#clientName = clientName;
    this.#find = statements.prepare<{ uid: Buffer }>()((sql, p) =>
      sql.selectFrom('exchanges').select('id').where('uid', '=', p('uid')),
    );
    this.#insert = statements.prepare<ExchangeRow>()((sql, p) =>
      sql.insertInto('exchanges').values({
        uid: p('uid'),
        trace: p('trace'),
        kind: p('kind'),
        via: p('via'),
        client: p('client'),
        session: p('session'),
        upstream: p('upstream'),
        method: p('method'),
        url: p('url'),
        status: p('status'),
        started_at: p('started_at'),
        duration_us: p('duration_us'),
        ttfb_us: p('ttfb_us'),
        ttft_us: p('ttft_us'),
        request_bytes: p('request_bytes'),
        response_bytes: p('response_bytes'),
        format: p('format'),
        model: p('model'),
        tool_names: p('tool_names'),
        input_tokens: p('input_tokens'),
        output_tokens: p('output_tokens'),
        usage: p('usage'),
        cost_usd: p('cost_usd'),
        state: p('state'),
        undecoded: p('undecoded'),
        finding_count: p('finding_count'),
        error: p('error'),
        terms: p('terms'),
      }),
    );
    this.#insertContents = statements.prepare<ContentsRow>()((sql, p) =>
      sql.insertInto('exchange_contents').values({
        exchange: p('exchange'),
        head: p('head'),
        findings: p('findings'),
        request_chunks: p('request_chunks'),
        request_times: p('request_times'),
        response_chunks: p('response_chunks'),
        response_times: p('response_times'),
      }),
    );
    this.#insertTerm = statements.prepare<Schema['exchange_terms']>()((sql, p) =>
      sql
        .insertInto('exchange_terms')
        .values({ term: p('term'), started_at: p('started_at'), exchange: p('exchange') }),
    );
    this.#setUsage = statements.prepare<UsageRow>()((sql, p) =>
      sql
        .updateTable('exchanges')
        .set({
          tool_names: p('tool_names'),
          input_tokens: p('input_tokens'),
          output_tokens: p('output_tokens'),
          usage: p('usage'),
          cost_usd: p('cost_usd'),
        })
        .where('id', '=', p('id')),
    );
  }

  /** What the answer of a call used, where its exchange was stored before that answer came. */
  addAnswer(id: number, answer: AssembledCall): void {
    const { usage, cost_usd } = answer.call;
    this.#setUsage.run({
      id,
      tool_names: JSON.stringify(askedFor(answer)),
      input_tokens: usage?.input_tokens ?? null,
      output_tokens: usage?.output_tokens ?? null,
      usage: usage && JSON.stringify(usage),
      cost_usd,
    });
  }

  has(exchangeId: string): boolean {
    return this.#find.get({ uid: uidBytes(exchangeId) }) !== undefined;
  }

  /** `trace`: row of the trace it belongs to; null for plain HTTP, until a tool call claims it. */
  save(assembled: Assembled, trace: number | null): { id: number; client: string } {
    const { decoded } = assembled;
    const { exchange } = decoded;
    const client = this.#clientName(exchange.request.headers);
    const row = exchangeRow(assembled, client, trace);
    const terms = exchangeTerms(row, assembled);
    const termIds = terms.map(([field, value]) => this.#terms.id(field, value));
    const { id } = this.#insert.run({ ...row, terms: encodeDeltas(termIds) });
    for (const [index, term] of termIds.entries()) {
      this.#terms.count('exchanges', term, 1);
      if (isCommon(terms[index] as Term)) continue;
      this.#insertTerm.run({ term, started_at: row.started_at, exchange: id });
    }
    this.#insertContents.run({ exchange: id, ...this.#contents(decoded) });
    this.#findings.add(id, decoded.exchange.findings, messageRoles(decoded));
    this.#text.add(exchangeTextRow(id), exchangeSearchText(row.url, row.error));
    this.#counters.add('stored', 1);
    if (row.undecoded === 1) this.#counters.add('undecoded', 1);
    if (row.state === 'failed') this.#counters.add('failed', 1);
    for (const count of Object.values(decoded.call?.response?.unknown_events ?? {})) {
      this.#counters.add('unknown_events', count);
    }
    return { id, client };
  }

  #contents(decoded: DecodedExchange): Omit<ContentsRow, 'exchange'> {
    const { exchange } = decoded;
    const { response: answer, started_at } = exchange;
    // Requests and plain answers come again within the next request; streams are said once, and so are records that tell
    // only what was new.
    const whole = decoded.record === undefined || decoded.call?.request.history_complete === true;
    const request = this.#body(exchange.request.body, whole, started_at);
    const response = this.#body(answer?.body ?? { kind: 'empty' }, !isStream(answer?.body), started_at);
    const head = headOf(exchange, decoded, request.body, response.body);
    this.#captureCounts.addExchange(head, decoded.format, 1);
    return {
      head: packJson(head),
      findings: exchange.findings.length === 0 ? null : packJson(exchange.findings satisfies Finding[]),
      request_chunks: encodeDeltas(request.chunks),
      request_times: request.times,
      response_chunks: encodeDeltas(response.chunks),
      response_times: response.times,
    };
  }

  #body(body: Body, resent: boolean, from: number): { body: StoredBody; chunks: number[]; times: Buffer | null } {
    if (body.kind === 'sealed') {
      const { kind, media_type, reason } = body;
      const stored: StoredBody = { kind, media_type, reason, chars: 0, encoding: 'utf8' };
      const pieces = body.pieces === undefined ? [body.bytes] : body.pieces();
      return { body: stored, chunks: this.#chunks.writeSealed(pieces), times: null };
    }
    const { text, times } = bodyText(body, (bytes) => this.#chunks.sealedText(bytes));
    const encoding = text.isWellFormed() ? 'utf8' : 'utf16le';
    const stored: StoredBody = { kind: body.kind, chars: text.length, encoding };
    if (body.kind === 'events') Object.assign(stored, { framing: body.framing, complete: body.complete });
    return {
      body: stored,
      chunks: this.#chunks.writeText(text, resent),
      times: times && encodeDeltas([from, ...times].map((at) => at - from)),
    };
  }
}

function isStream(body: Body | undefined): boolean {
  return body?.kind === 'events' || body?.kind === 'websocket';
}

function exchangeRow(assembled: Assembled, client: string, trace: number | null): ExchangeRow {
  const { decoded, call } = assembled;
  const { exchange } = decoded;
  const usage = call?.call.usage ?? null;
  const error = exchange.error ?? call?.call.error ?? decoded.decode_error;
  return {
    uid: uidBytes(exchange.exchange_id),
    trace,
    kind: exchange.kind,
    via: exchange.via,
    client,
    session: exchange.session ?? null,
    upstream: exchange.upstream_name ?? null,
    method: exchange.method,
    url: exchange.url,
    status: exchange.response?.status ?? null,
    started_at: exchange.started_at,
    duration_us: Math.max(0, exchange.ended_at - exchange.started_at),
    ttfb_us: exchange.headers_at === undefined ? null : Math.max(0, exchange.headers_at - exchange.started_at),
    ttft_us: micros(call?.call.ttft_ms ?? null),
    request_bytes: exchange.request.bytes,
    response_bytes: exchange.response?.bytes ?? 0,
    format: decoded.format,
    model: call?.call.model ?? null,
    tool_names: JSON.stringify(askedFor(call)),
    input_tokens: usage?.input_tokens ?? null,
    output_tokens: usage?.output_tokens ?? null,
    usage: usage && JSON.stringify(usage),
    cost_usd: call?.call.cost_usd ?? null,
    state: exchange.state,
    undecoded: undecodedReasons(decoded.decode_error, exchange.issues).length > 0 ? 1 : 0,
    finding_count: exchange.findings.length,
    error: error ? JSON.stringify(error) : null,
    terms: Buffer.alloc(0),
  };
}

function headOf(
  exchange: ReadExchange,
  decoded: DecodedExchange,
  requestBody: StoredBody,
  responseBody: StoredBody,
): ExchangeHead {
  const { request, response } = exchange;
  return {
    client: exchange.client,
    ...(exchange.part_of === undefined ? {} : { part_of: exchange.part_of }),
    request: {
      http_version: request.http_version,
      headers: request.headers,
      trailers: request.trailers,
      truncated: request.truncated,
      body: requestBody,
    },
    response: response
      ? {
          http_version: response.http_version,
          headers: response.headers,
          trailers: response.trailers,
          truncated: response.truncated,
          body: responseBody,
          status_text: response.status_text,
          informational: response.informational,
        }
      : null,
    first_byte_us: exchange.first_byte_at === undefined ? null : exchange.first_byte_at - exchange.started_at,
    issues: exchange.issues,
    unknown_events: decoded.call?.response?.unknown_events ?? {},
    decode_error: decoded.decode_error,
  };
}

/** Roles of the messages of a request, in the formats that have a message of ours for each of theirs. */
export function messageRoles({ format, call }: DecodedExchange): string[] {
  return format === 'openai-chat' || format === 'ollama' ? (call?.request.messages.map(({ role }) => role) ?? []) : [];
}

/** Tools that the response asked for, each once. */
function askedFor(call: Assembled['call']): string[] {
  const parts = call?.decoded.response?.messages.flatMap((message) => message.parts) ?? [];
  return [...new Set(parts.flatMap((part) => (part.type === 'tool_call' ? [part.name] : [])))];
}

/** Whole microseconds of a duration in milliseconds. */
export function micros(millis: number | null): number | null {
  return millis === null ? null : Math.max(0, Math.round(millis * 1000));
}
