import type {
  Finding,
  FindingFilter,
  FindingPlace,
  FindingsSummary,
  ListedFinding,
  Page,
} from '../../../shared/model/index.js';
import { bandOf, toIso } from '../../../shared/model/index.js';
import { ChunkReader } from '../bodies/chunk-reader.js';
import type { ExchangeHead } from '../codec/exchange-head.js';
import { type Packed, unpackJson } from '../codec/pack.js';
import { uidOrNull, uidText } from '../codec/uid.js';
import { decodeDeltas } from '../codec/varint.js';
import { decodeCursor, encodeCursor } from '../find/cursor.js';
import { placementOf } from '../findings/finding-placement.js';
import { findingsPerExchange } from '../findings/finding-rows.js';
import type { Prepared, Statements } from '../sqlite/statements.js';
import { contextIn, FindingContexts } from './finding-context.js';
import {
  beginning,
  type FindingGroup,
  type FindingRow,
  FindingRowPages,
  facets,
  matches,
} from './finding-row-pages.js';

interface ExchangeRow {
  uid: Buffer;
  trace_uid: Buffer | null;
  started_at: number;
  url: string;
  head: Packed;
  findings: Packed | null;
  request_chunks: Buffer;
  response_chunks: Buffer;
}

/** UTF-16 units of bodies that one page reads for its contexts, and of one body. */
const pageChars = 4 * 1024 * 1024;
const bodyChars = 1024 * 1024;

/** Findings of the whole store: how many of what, page by page, and each in its place. */
export class FindingList {
  readonly #rows: FindingRowPages;
  readonly #chunks: ChunkReader;
  readonly #exchange: Prepared<{ id: number }, ExchangeRow>;
  readonly #exchangeId: Prepared<{ uid: Buffer }, { id: number }>;
  readonly #typed: Prepared<{ id: number }, { at: number; data: Packed; trace_uid: Buffer | null }>;

  constructor(statements: Statements, sealKey: Uint8Array) {
    this.#rows = new FindingRowPages(statements);
    this.#chunks = new ChunkReader(statements, sealKey);
    this.#exchange = statements.prepare<{ id: number }>()((sql, p) =>
      sql
        .selectFrom('exchanges as x')
        .innerJoin('exchange_contents as c', 'c.exchange', 'x.id')
        .leftJoin('traces as t', 't.id', 'x.trace')
        .select(['x.uid', 't.uid as trace_uid', 'x.started_at', 'x.url', 'c.head', 'c.findings'])
        .select(['c.request_chunks', 'c.response_chunks'])
        .where('x.id', '=', p('id')),
    );
    this.#exchangeId = statements.prepare<{ uid: Buffer }>()((sql, p) =>
      sql.selectFrom('exchanges').select('id').where('uid', '=', p('uid')),
    );
    this.#typed = statements.prepare<{ id: number }>()((sql, p) =>
      sql
        .selectFrom('typed_findings as f')
        .leftJoin('traces as t', 't.id', 'f.trace')
        .select(['f.at', 'f.data', 't.uid as trace_uid'])
        .where('f.id', '=', p('id')),
    );
  }

  /**
   * Reads as many rows as there are kinds of findings, however many findings there are; within a trace or of one value,
   * the rows of these.
   */
  summary(filter: FindingFilter): FindingsSummary {
    const groups = this.#counted(filter);
    const counted = (facet: (typeof facets)[number]) => {
      const sums = new Map<string, number>();
      for (const group of groups) {
        if (!matches(group, { ...filter, [facet]: undefined })) continue;
        sums.set(group[facet], (sums.get(group[facet]) ?? 0) + group.places);
      }
      return [...sums]
        .map(([name, count]) => ({ name, count }))
        .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
    };
    return {
      total: groups.filter((group) => matches(group, filter)).reduce((sum, { places }) => sum + places, 0),
      entities: counted('entity'),
      placements: counted('placement'),
      detectors: counted('detector'),
      bands: counted('band'),
    };
  }

  /** Last stored first; what users typed comes after what was captured. */
  list(filter: FindingFilter, cursor: string | null, limit: number): Page<ListedFinding> {
    const list = `findings ${JSON.stringify(facets.map((facet) => filter[facet] ?? ''))} ${filter.trace_id} ${filter.replacement}`;
    const before = decodeCursor(list, cursor)?.id ?? beginning;
    const groups = new Map(this.#rows.groups().map((group) => [group.id, group]));
    const rows = this.#rows.rows(filter, groups, before, limit + 1);
    const shown = rows.slice(0, limit);
    const budget = { chars: pageChars };
    let opened: OpenExchange | null = null;
    const items: ListedFinding[] = [];
    for (const row of shown) {
      const group = groups.get(row.finding_group);
      if (group === undefined) continue;
      if (row.id < 0) {
        const item = this.#typedItem(row, group);
        if (item !== null) items.push(item);
        continue;
      }
      const exchange = Math.floor(row.id / findingsPerExchange);
      if (opened?.id !== exchange) {
        const found = this.#exchange.get({ id: exchange });
        if (found === undefined) continue;
        opened = this.#open(exchange, found, budget);
      }
      const open = opened;
      const finding = open.findings[row.id % findingsPerExchange];
      if (finding === undefined) continue;
      items.push({
        ...finding,
        exchange_id: uidText(open.row.uid),
        trace_id: open.row.trace_uid && uidText(open.row.trace_uid),
        placement: group.placement as ListedFinding['placement'],
        band: group.band as ListedFinding['band'],
        places: row.places,
        at: toIso(open.row.started_at),
        context: open.contexts.of(finding),
      });
    }
    const last = shown.at(-1);
    const more = rows.length > limit && last !== undefined;
    return { items, next_cursor: more ? encodeCursor(list, { at: 0, id: last.id }) : null };
  }

  /** Every place that one listed finding stands for, in the order of the exchange; null where there is none. */
  places(exchangeId: string, findingId: string, cursor: string | null, limit: number): Page<FindingPlace> | null {
    const uid = uidOrNull(exchangeId);
    const id = uid && this.#exchangeId.get({ uid })?.id;
    const row = typeof id === 'number' ? this.#exchange.get({ id }) : undefined;
    if (!row || typeof id !== 'number') return null;
    const list = `places ${exchangeId} ${findingId}`;
    const from = (decodeCursor(list, cursor)?.id ?? -1) + 1;
    const all = row.findings === null ? [] : (unpackJson<never>(row.findings) as Finding[]);
    const one = all.find((finding) => finding.finding_id === findingId);
    if (one === undefined) return null;
    const open = this.#open(id, row, { chars: 2 * bodyChars });
    const rowKey = (finding: Finding) =>
      JSON.stringify([
        placementOf(finding.path, open.contexts.roles()),
        finding.entity,
        finding.detector,
        finding.action,
        bandOf(finding.confidence),
        finding.replacement,
      ]);
    const key = rowKey(one);
    const same = all.filter((finding) => rowKey(finding) === key);
    const shown = same.slice(from, from + limit);
    return {
      items: shown.map((finding) => ({
        finding_id: finding.finding_id,
        path: finding.path,
        confidence: finding.confidence,
        context: open.contexts.of(finding),
      })),
      next_cursor: from + limit < same.length ? encodeCursor(list, { at: 0, id: from + limit - 1 }) : null,
    };
  }

  #counted(filter: FindingFilter): FindingGroup[] {
    const groups = this.#rows.groups();
    if (filter.trace_id === undefined && filter.replacement === undefined) return groups;
    const groupsById = new Map(groups.map((group) => [group.id, group]));
    const within = { trace_id: filter.trace_id, replacement: filter.replacement };
    const sums = new Map<number, number>();
    for (const row of this.#rows.rows(within, groupsById, beginning, Number.MAX_SAFE_INTEGER)) {
      sums.set(row.finding_group, (sums.get(row.finding_group) ?? 0) + row.places);
    }
    return groups.flatMap((group) => {
      const places = sums.get(group.id);
      return places === undefined ? [] : [{ ...group, places }];
    });
  }

  #open(id: number, row: ExchangeRow, budget: { chars: number }): OpenExchange {
    const findings = row.findings === null ? [] : (unpackJson<never>(row.findings) as Finding[]);
    const head = unpackJson<never>(row.head) as ExchangeHead;
    const text = (side: 'request' | 'response'): string => {
      const body = head[side]?.body;
      if (!body || body.kind === 'sealed' || body.kind === 'empty') return '';
      const chars = Math.min(bodyChars, body.chars);
      if (chars > budget.chars) return '';
      budget.chars -= chars;
      return this.#chunks.text(decodeDeltas(row[`${side}_chunks`]), body.encoding, 0, chars);
    };
    const contexts = new FindingContexts(row.url, {
      request: { head: head.request, body: text('request') },
      response: head.response && { head: head.response, body: text('response') },
    });
    return { id, row, findings, contexts };
  }

  #typedItem(row: FindingRow, group: FindingGroup): ListedFinding | null {
    const typed = this.#typed.get({ id: row.id });
    if (typed === undefined) return null;
    const { text, ...finding } = unpackJson<never>(typed.data) as Finding & { text: string };
    return {
      finding_id: typedId(row.id),
      entity: finding.entity,
      path: group.placement,
      start: finding.start,
      end: finding.end,
      action: finding.action,
      replacement: finding.replacement,
      detector: finding.detector,
      confidence: finding.confidence,
      exchange_id: null,
      trace_id: typed.trace_uid && uidText(typed.trace_uid),
      placement: group.placement as ListedFinding['placement'],
      band: group.band as ListedFinding['band'],
      places: row.places,
      at: toIso(typed.at),
      context: contextIn(text, finding),
    };
  }
}

interface OpenExchange {
  id: number;
  row: ExchangeRow;
  findings: Finding[];
  contexts: FindingContexts;
}

/** An id of the usual form for what was typed: its row stands in it. */
function typedId(row: number): string {
  const hex = (row + 2 ** 50).toString(16).padStart(12, '0');
  return `00000000-0000-7000-8000-${hex}`;
}
