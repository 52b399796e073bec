import type { Body, ErrorRecord, Finding, ReadExchange, SocketMessage } from '../../../../shared/model/index.js';
import { bodyText } from '../../bodies/body-text.js';
import type { ExchangeHead, StoredBody, StoredHead } from '../../codec/exchange-head.js';
import { packJson, unpackText } from '../../codec/pack.js';
import { uidText } from '../../codec/uid.js';
import { decodeDeltas, encodeDeltas } from '../../codec/varint.js';
import { isCommon } from '../../save/exchange-terms.js';
import { exchangeTextRow, type Schema } from '../../sqlite/schema.js';
import { exchangeSearchText } from '../../text/exchange-text.js';
import type { RewriteDependencies } from './dependencies.js';
import { rolesOf } from './roles.js';
import type { Texts } from './texts.js';

/** As many as an exchange keeps from the gate. */
const mostFindings = 1000;

type Row = Schema['exchanges'] & Omit<Schema['exchange_contents'], 'exchange'> & { id: number };
type Side = 'request' | 'response';

/** A side of an exchange as it is stored. */
interface Stored {
  head: StoredHead;
  chunks: number[];
  /** Placeholders in it are others now. */
  converted?: true;
  /** A binary message of a socket was taken out. */
  dropped?: true;
}

/** Rewrites exchanges through the gate that they once came through: heads and bodies, each in its own syntax. */
export function exchangeRewriter(parts: RewriteDependencies, texts: Texts) {
  const { db, chunks, bodies, text, terms, traceTerms, captureCounts, findings, making, touch } = parts;
  const { rewriting } = texts;
  const find = db.prepare<[number], Row>(
    `SELECT x.*, c.head, c.findings, c.request_chunks, c.request_times, c.response_chunks, c.response_times
       FROM exchanges AS x JOIN exchange_contents AS c ON c.exchange = x.id WHERE x.id = ?`,
  );
  const setRow = db.prepare(
    `UPDATE exchanges SET client = ?, session = ?, upstream = ?, method = ?, url = ?, model = ?, tool_names = ?, error = ?,
            finding_count = ?, terms = ? WHERE id = ?`,
  );
  const setContents = db.prepare(
    'UPDATE exchange_contents SET head = ?, findings = ?, request_chunks = ?, response_chunks = ? WHERE exchange = ?',
  );
  const addTerm = db.prepare('INSERT OR IGNORE INTO exchange_terms (term, started_at, exchange) VALUES (?, ?, ?)');
  const traceRow = db.prepare<[number], { id: number; started_at: number; terms: Buffer }>(
    'SELECT id, started_at, terms FROM traces WHERE id = ?',
  );
  const setTrace = db.prepare('UPDATE traces SET terms = ?, finding_count = finding_count + ? WHERE id = ?');

  /** A stored text as it was read once. Sealed bytes are not opened for it. */
  function read(side: Stored): { body: Body; text: string } {
    const { body } = side.head;
    if (body.kind === 'empty') return { body: { kind: 'empty' }, text: '' };
    if (body.kind === 'sealed') {
      const { media_type = '', reason = 'binary' } = body;
      return { body: { kind: 'sealed', bytes: Buffer.alloc(0), media_type, reason } as Body, text: '' };
    }
    const raw = bodies.text(side.chunks, body.encoding);
    const stored = rewriting.convert(raw);
    if (stored !== raw) side.converted = true;
    texts.tally.chars += stored.length;
    return { body: parsed(side, stored), text: stored };
  }

  function parsed(side: Stored, stored: string): Body {
    const { body } = side.head;
    switch (body.kind) {
      case 'events': {
        const { framing = 'sse', complete = true } = body;
        const events = making.events(framing, stored);
        return events === null ? { kind: 'text', text: stored } : { kind: 'events', framing, events, complete };
      }
      case 'websocket':
        return {
          kind: 'websocket',
          messages: stored
            .split('\n')
            .filter(Boolean)
            .map((line) => withoutHeld(socketMessage(line), side)),
        };
      case 'json':
      case 'form':
        return { kind: body.kind, text: stored };
      default:
        return { kind: 'text', text: stored };
    }
  }

  /** Binary messages that hold what must go lose their bytes. */
  function withoutHeld(message: SocketMessage, side: Stored): SocketMessage {
    const { holds } = rewriting;
    const sealed = message.sealed === undefined ? '' : Buffer.from(message.sealed).toString('utf8');
    if (holds === null || sealed === '' || !holds(bodies.sealedBytes(sealed))) return message;
    side.dropped = true;
    texts.tally.sealed_deleted += 1;
    return { ...message, sealed: Buffer.alloc(0) };
  }

  /** Chunks and description of a side's body as they are from now on; null where it stays. */
  function written(
    stored: Stored,
    before: Body,
    after: Body,
    side: Side,
  ): { body: StoredBody; chunks: number[] } | null {
    const { body } = stored.head;
    if (body.kind === 'sealed') {
      if (rewriting.holds === null || !rewriting.holds(bodies.bytes(stored.chunks))) return null;
      texts.tally.sealed_deleted += 1;
      return { body: { kind: 'empty', chars: 0, encoding: 'utf8', reason: 'erased' }, chunks: [] };
    }
    if (body.kind === 'empty' || after.kind === 'sealed' || before.kind === 'sealed') return null;
    const next = bodyText(after, sealedAgain).text;
    // Compared in the same form: what only was spelled otherwise stays.
    if (next === bodyText(before, sealedAgain).text && !stored.converted && !stored.dropped) return null;
    const resent = side === 'request' || (body.kind !== 'events' && body.kind !== 'websocket');
    const encoding = next.isWellFormed() ? 'utf8' : 'utf16le';
    return { body: { ...body, chars: next.length, encoding }, chunks: chunks.writeText(next, resent) };
  }

  function converted(finding: Finding): Finding {
    const replacement = rewriting.convert(finding.replacement);
    if (replacement === finding.replacement) return finding;
    const end = finding.start + replacement.length;
    return { ...finding, end, action: rewriting.actionOf(finding.entity), replacement };
  }

  return (id: number): void => {
    const row = find.get(id);
    if (row === undefined) return;
    const headText = unpackText(row.head);
    const head = JSON.parse(headText) as ExchangeHead;
    const now = JSON.parse(rewriting.convert(headText)) as ExchangeHead;
    const request: Stored = { head: head.request, chunks: decodeDeltas(row.request_chunks) };
    const response: Stored | null = head.response && { head: head.response, chunks: decodeDeltas(row.response_chunks) };
    const asked = read(request);
    const answered = response && read(response);
    const exchange = readOf(row, now, asked.body, answered?.body ?? null, rewriting.convert);
    const redacted = rewriting.exchange(exchange);

    const bodyA = written(request, asked.body, redacted.request.body, 'request');
    const bodyB =
      response && answered && redacted.response
        ? written(response, answered.body, redacted.response.body, 'response')
        : null;
    const nextHead: ExchangeHead = {
      ...now,
      client: redacted.client,
      request: headOf(now.request, redacted.request, bodyA?.body),
      response:
        now.response && redacted.response
          ? {
              ...now.response,
              ...headOf(now.response, redacted.response, bodyB?.body),
              status_text: redacted.response.status_text,
              informational: redacted.response.informational,
            }
          : null,
      issues: redacted.issues,
      unknown_events: Object.fromEntries(
        Object.entries(now.unknown_events).map(([type, count]) => [texts.plain(type), count]),
      ),
      decode_error: now.decode_error && { ...now.decode_error, message: texts.plain(now.decode_error.message) },
    };
    const next = {
      client: texts.plain(row.client),
      session: redacted.session ?? null,
      upstream: redacted.upstream_name ?? null,
      method: redacted.method,
      url: redacted.url,
      model: texts.orNull(row.model),
      tool_names: texts.json(row.tool_names),
      error: redacted.error === undefined ? null : JSON.stringify(redacted.error),
    };
    const columns = Object.keys(next) as (keyof typeof next)[];
    const changedHead = JSON.stringify(nextHead) !== headText;
    const changedRow = columns.some((column) => next[column] !== row[column]);
    const oldFindings = row.findings === null ? '[]' : unpackText(row.findings);
    const stood = (JSON.parse(oldFindings) as Finding[]).map(converted);
    const changedFindings = JSON.stringify(stood) !== oldFindings;
    if (!changedHead && !changedRow && !changedFindings && bodyA === null && bodyB === null) return;

    const all = [...stood, ...redacted.findings].slice(0, mostFindings);
    for (const { entity } of redacted.findings) {
      texts.tally.findings[entity] = (texts.tally.findings[entity] ?? 0) + 1;
    }
    captureCounts.addExchange(head, row.format, -1);
    captureCounts.addExchange(nextHead, row.format, 1);
    setContents.run(
      packJson(nextHead),
      all.length === 0 ? null : packJson(all),
      encodeDeltas(bodyA?.chunks ?? request.chunks),
      encodeDeltas(bodyB?.chunks ?? response?.chunks ?? []),
      id,
    );
    const gone = [...(bodyA === null ? [] : request.chunks), ...(bodyB === null ? [] : (response?.chunks ?? []))];
    if (gone.length > 0) chunks.release(gone);
    text.replace(exchangeTextRow(id), exchangeSearchText(row.url, row.error), exchangeSearchText(next.url, next.error));
    findings.remove(id);
    findings.add(id, all, rolesOf(db, id, row.format));

    const fresh = new Set(redacted.findings.map(({ entity }) => entity));
    const found = [...fresh].map((entity): [string, string] => ['entity', entity]);
    if (fresh.size > 0) found.push(['flag', 'findings']);
    const termIds = new Set(decodeDeltas(row.terms));
    for (const [field, value] of found) {
      const term = terms.id(field, value);
      if (termIds.has(term)) continue;
      termIds.add(term);
      terms.count('exchanges', term, 1);
      if (!isCommon([field, value])) addTerm.run(term, row.started_at, id);
    }
    setRow.run(...columns.map((column) => next[column]), all.length, encodeDeltas([...termIds]), id);
    const trace = row.trace === null ? undefined : traceRow.get(row.trace);
    if (trace !== undefined) {
      const ids = found.map(([field, value]) => traceTerms.id(field, value));
      setTrace.run(traceTerms.change(trace, ids), all.length - row.finding_count, trace.id);
      touch(trace.id);
    }
    texts.tally.exchanges += 1;
    texts.count('exchanges');
  };
}

function readOf(
  row: Row,
  head: ExchangeHead,
  request: Body,
  response: Body | null,
  convert: (text: string) => string,
): ReadExchange {
  const side = (stored: StoredHead, body: Body, bytes: number) => {
    const { http_version, headers, trailers, truncated } = stored;
    return { http_version, headers, trailers, truncated, body, bytes };
  };
  const read: ReadExchange = {
    exchange_id: uidText(row.uid),
    kind: row.kind as ReadExchange['kind'],
    via: row.via as ReadExchange['via'],
    client: head.client,
    method: row.method,
    url: convert(row.url),
    request: side(head.request, request, row.request_bytes),
    started_at: row.started_at,
    ended_at: row.started_at + row.duration_us,
    state: row.state as ReadExchange['state'],
    issues: head.issues,
  };
  if (row.session !== null) read.session = convert(row.session);
  if (row.upstream !== null) read.upstream_name = convert(row.upstream);
  if (row.error !== null) read.error = JSON.parse(convert(row.error)) as ErrorRecord;
  if (head.response !== null) {
    read.response = {
      ...side(head.response, response ?? { kind: 'empty' }, row.response_bytes),
      status: row.status ?? 0,
      status_text: head.response.status_text,
      informational: head.response.informational,
    };
  }
  return read;
}

function headOf(
  stored: StoredHead,
  after: Pick<StoredHead, 'http_version' | 'headers' | 'trailers'> & { body: Body },
  body: StoredBody | undefined,
): StoredHead {
  const { http_version, headers, trailers } = after;
  const next = { ...stored, http_version, headers, trailers, body: body ?? stored.body };
  if (body === undefined && after.body.kind === 'sealed')
    next.body = { ...stored.body, media_type: after.body.media_type };
  return next;
}

/** What a binary message holds is kept as it was sealed. */
function sealedAgain(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}

function socketMessage(line: string): SocketMessage {
  const { sealed, ...message } = JSON.parse(line) as SocketMessage & { sealed?: string };
  return sealed === undefined ? message : { ...message, sealed: Buffer.from(sealed, 'utf8') };
}
