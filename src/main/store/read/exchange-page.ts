import type { Exchange } from '../../../shared/model/index.js';
import { ChunkReader } from '../bodies/chunk-reader.js';
import type { ExchangeHead, StoredBody, StoredHead } from '../codec/exchange-head.js';
import { type Packed, unpackJson } from '../codec/pack.js';
import { uidOrNull } from '../codec/uid.js';
import { decodeDeltas } from '../codec/varint.js';
import { type ExchangeRow, exchangeSummary, selectExchanges } from '../sqlite/rows/exchange.js';
import type { Schema } from '../sqlite/schema.js';
import type { Prepared, Statements } from '../sqlite/statements.js';
import { findingOf, type StoredFindingRow } from './findings.js';

type Side = 'request' | 'response';
type Contents = Pick<
  Schema['exchange_contents'],
  'head' | 'findings' | 'request_chunks' | 'request_times' | 'response_chunks' | 'response_times'
> & { started_at: number };

/** One exchange with its heads and bodies. */
export class ExchangePage {
  readonly #chunks: ChunkReader;
  readonly #row: Prepared<{ uid: Buffer }, ExchangeRow>;
  readonly #contents: Prepared<{ uid: Buffer }, Contents>;

  constructor(statements: Statements, sealKey: Uint8Array) {
    this.#chunks = new ChunkReader(statements, sealKey);
    this.#row = statements.prepare<{ uid: Buffer }>()((_, p) => selectExchanges().where('t.uid', '=', p('uid')));
    this.#contents = statements.prepare<{ uid: Buffer }>()((sql, p) =>
      sql
        .selectFrom('exchanges as x')
        .innerJoin('exchange_contents as c', 'c.exchange', 'x.id')
        .select([
          'x.started_at',
          'c.head',
          'c.findings',
          'c.request_chunks',
          'c.request_times',
          'c.response_chunks',
          'c.response_times',
        ])
        .where('x.uid', '=', p('uid')),
    );
  }

  /** Bodies are cut at `bodyChars` UTF-16 units. */
  exchange(exchangeId: string, bodyChars: number): Exchange | null {
    const uid = uidOrNull(exchangeId);
    const row = uid && this.#row.get({ uid });
    const contents = uid && this.#contents.get({ uid });
    if (!row || !contents) return null;
    const head = unpackJson<never>(contents.head) as ExchangeHead;
    const findings = contents.findings === null ? [] : unpackFindings(contents.findings);
    return {
      ...exchangeSummary(row),
      via: row.via as Exchange['via'],
      part_of: head.part_of ?? null,
      upstream: row.upstream,
      http_version: head.request.http_version,
      request: this.#message(head.request, contents.request_chunks, bodyChars),
      response: head.response && {
        ...this.#message(head.response, contents.response_chunks, bodyChars),
        status_text: head.response.status_text,
      },
      issues: head.issues,
      unknown_events: head.unknown_events,
      findings: findings.map((finding) => findingOf(finding, row.uid)),
    };
  }

  /** A piece of a body's text; null where there is no such exchange or side, or the body is no text. */
  body(exchangeId: string, side: Side, offset: number, limit: number): { text: string; total_chars: number } | null {
    const found = this.#side(exchangeId, side);
    if (!found || found.body.kind === 'sealed') return null;
    const text = this.#chunks.text(found.chunks, found.body.encoding, offset, limit);
    return { text, total_chars: found.body.chars };
  }

  /** The bytes of a sealed body; null where it is not sealed. */
  sealedBody(exchangeId: string, side: Side): { bytes: Buffer; media_type: string } | null {
    const found = this.#side(exchangeId, side);
    if (found?.body.kind !== 'sealed') return null;
    return { bytes: this.#chunks.bytes(found.chunks), media_type: found.body.media_type ?? '' };
  }

  /** When each event or message of a body came, in microseconds since the epoch; null where nothing is known. */
  eventTimes(exchangeId: string, side: Side): number[] | null {
    const uid = uidOrNull(exchangeId);
    const contents = uid && this.#contents.get({ uid });
    const times = contents?.[`${side}_times`];
    if (!contents || !times) return null;
    // The first is the exchange's own beginning, from which the others count.
    return decodeDeltas(times)
      .slice(1)
      .map((since) => since + contents.started_at);
  }

  #side(exchangeId: string, side: Side): { body: StoredBody; chunks: number[] } | null {
    const uid = uidOrNull(exchangeId);
    const contents = uid && this.#contents.get({ uid });
    if (!contents) return null;
    const head = (unpackJson<never>(contents.head) as ExchangeHead)[side];
    return head && { body: head.body, chunks: decodeDeltas(contents[`${side}_chunks`]) };
  }

  #message(head: StoredHead, chunks: Buffer, bodyChars: number): Exchange['request'] {
    const { body } = head;
    const readable = body.kind !== 'empty' && body.kind !== 'sealed';
    return {
      headers: head.headers,
      trailers: head.trailers,
      body: readable ? this.#chunks.text(decodeDeltas(chunks), body.encoding, 0, bodyChars) : null,
      body_kind: body.kind,
      sealed_reason: body.reason ?? null,
      media_type: body.media_type ?? mediaTypeOf(head),
      truncated: head.truncated || body.chars > bodyChars,
      body_total_chars: body.chars,
    };
  }
}

function mediaTypeOf(head: StoredHead): string | null {
  return head.headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? null;
}
function unpackFindings(findings: Packed): StoredFindingRow[] {
  return unpackJson<never>(findings);
}
