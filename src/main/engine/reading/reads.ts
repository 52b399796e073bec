import type { Large } from '../../../shared/contract/operation.js';
import type { ConsentOverview, Page, Review, Step, TraceHead } from '../../../shared/model/index.js';
import { sentMark } from '../../assemble/index.js';
import { toolCallRow } from '../../dataset/index.js';
import { consentOverview } from '../../privacy/index.js';
import type { StoreReader } from '../../store/index.js';
import { sized, sizedPage } from './sized.js';

/** `near`: found by a key, or bounded; `wide`: its cost grows with the store or with the record. */
type Cost = 'near' | 'wide';
/** `list`: a page by options; `page`: one whose limit is the last that is asked; `one`: a record; `small`: what is never large. */
type Shape = 'list' | 'page' | 'one' | 'small';

/** What is read as the store has it. */
const asStored = {
  traces: ['wide', 'list'],
  toolCalls: ['wide', 'list'],
  exchanges: ['wide', 'list'],
  traceSummary: ['near', 'one'],
  traceCalls: ['near', 'page'],
  traceToolCalls: ['near', 'page'],
  traceDecisions: ['near', 'page'],
  traceFindings: ['near', 'page'],
  traceChildren: ['near', 'one'],
  traceTree: ['near', 'one'],
  traceEffects: ['near', 'page'],
  traceWitnesses: ['near', 'page'],
  listHits: ['wide', 'small'],
  exchangeHits: ['wide', 'small'],
  traceHits: ['wide', 'small'],
  unclaimedEffects: ['wide', 'page'],
  captureHealth: ['near', 'small'],
  findingsSummary: ['wide', 'small'],
  findings: ['wide', 'page'],
  findingPlaces: ['near', 'page'],
  knownEvents: ['near', 'small'],
  traceIdByKey: ['near', 'small'],
  exchange: ['near', 'one'],
  exchangeBody: ['near', 'one'],
  fieldValues: ['wide', 'small'],
  consent: ['near', 'small'],
  consentHistory: ['near', 'page'],
  savedFilters: ['near', 'small'],
  review: ['near', 'small'],
  traceQuality: ['near', 'small'],
  nearClusters: ['wide', 'page'],
  nearMembers: ['near', 'page'],
} as const satisfies { [R in keyof StoreReader]?: readonly [Cost, Shape] };
type AsStored = keyof typeof asStored;

/** What is made ready for whoever asked, on the same thread. */
interface MadeReady {
  countTraces(query: string, traceIds?: string[]): Promise<number>;
  /** Ids and reviews of a page of traces, for whoever changes these. */
  reviewsOf(options: Parameters<StoreReader['traces']>[0]): Promise<Page<{ trace_id: string; review: Review | null }>>;
  traceHead(traceId: string): Promise<TraceHead | null>;
  traceSteps(
    traceId: string,
    afterSeq: number,
    limit: number,
  ): Promise<Large<{ items: Step[]; next_cursor: number | null }>>;
  /** The whole trace as JSON in UTF-8: it may be as large as it likes, and nothing behind here looks into it. */
  traceJson(traceId: string): Promise<Uint8Array | null>;
  /** The same of an exchange. Bodies are cut at `bodyChars` UTF-16 units; `exchangeBodyJson` pages through the rest. */
  exchangeJson(exchangeId: string, bodyChars: number): Promise<Uint8Array | null>;
  /** The same of a part of a body, with `offset` and `next_offset` (null at the end). */
  exchangeBodyJson(...part: Parameters<StoreReader['exchangeBody']>): Promise<Uint8Array | null>;
  /** The next finished tool calls as JSON lines in the standard shape; a page is bounded in bytes. */
  finishedRows(after: number, session: string | null): Promise<FinishedRows>;
  /** `required`: whether the policy that holds asks for one. */
  consentOverview(required: boolean): Promise<ConsentOverview>;
}

export interface FinishedRows {
  /** Behind each its newline. */
  lines: Uint8Array[];
  /** Where the page ends in the order in which tool calls finish. */
  last_seq: number;
  more: boolean;
}

/** Places of one page, and bytes behind which it ends. */
const finishedPage = { places: 200, bytes: 1024 * 1024 };

/**
 * Reads of the store for the API. They run on threads of their own, so that none holds up the others. Unknown ids give null. Each
 * may throw `query_too_expensive` where it takes too long, and `engine_busy`.
 */
export type Reads = MadeReady & {
  [R in AsStored]: (...args: Parameters<StoreReader[R]>) => Promise<Answer<ReturnType<StoreReader[R]>, R>>;
};
type Answer<T, R extends AsStored> = (typeof asStored)[R][1] extends 'small'
  ? T
  : Large<NonNullable<T>> | Extract<T, null>;

const stored = Object.entries(asStored) as [AsStored, readonly [Cost, Shape]][];

export const costs = {
  ...(Object.fromEntries(stored.map(([name, [cost]]) => [name, cost])) as Record<AsStored, Cost>),
  countTraces: 'wide',
  reviewsOf: 'wide',
  traceHead: 'near',
  traceSteps: 'near',
  traceJson: 'wide',
  exchangeJson: 'wide',
  exchangeBodyJson: 'wide',
  finishedRows: 'near',
  consentOverview: 'wide',
} satisfies Record<keyof Reads, Cost>;

/** What of an open store the API reads. */
export type ReadFrom = Pick<
  StoreReader,
  AsStored | 'trace' | 'traceSteps' | 'countTraces' | 'finishedToolCalls' | 'droppedEntities'
>;

/** What the API reads, from an open store: pages are bounded in bytes too, and what may be large is JSON already. */
export function readsOf(reader: ReadFrom): Reads {
  const made: MadeReady = {
    async traceHead(traceId) {
      const trace = reader.traceSummary(traceId);
      if (trace === null) return null;
      const { trace_id, kind, started_at, metadata } = trace;
      const finalized = metadata?.finalized_at !== undefined;
      return { trace_id, kind, started_at, finalized, sent: reader.knownEvents(trace_id, [sentMark]).length > 0 };
    },
    countTraces: async (query, traceIds) => reader.countTraces(query, traceIds),
    async reviewsOf({ query, traceIds, cursor, limit }) {
      const { items, next_cursor } = reader.traces({ query, traceIds, cursor, limit });
      return { items: items.map(({ trace_id, review }) => ({ trace_id, review })), next_cursor };
    },
    traceSteps: async (traceId, afterSeq, limit) =>
      sizedPage(limit, (size) => {
        const items = reader.traceSteps(traceId, afterSeq, size);
        return { items, next_cursor: items.length === size ? (items.at(-1)?.seq ?? null) : null };
      }),
    traceJson: async (traceId) => json(reader.trace(traceId)),
    exchangeJson: async (exchangeId, bodyChars) => json(reader.exchange(exchangeId, bodyChars)),
    async exchangeBodyJson(exchangeId, side, offset, limit) {
      const body = reader.exchangeBody(exchangeId, side, offset, limit);
      if (body === null) return null;
      const end = offset + body.text.length;
      return json({ ...body, offset, next_offset: end < body.total_chars && body.text !== '' ? end : null });
    },
    async finishedRows(after, session) {
      const lines: Uint8Array[] = [];
      let last_seq = after;
      let places = 0;
      let bytes = 0;
      for (const { seq, finished } of reader.finishedToolCalls(after, finishedPage.places, session)) {
        last_seq = seq;
        places += 1;
        // What the policy says to drop is in no export.
        if (finished === null || reader.droppedEntities(finished.tool_call.trace_id).length > 0) continue;
        const line = new TextEncoder().encode(`${JSON.stringify(toolCallRow(finished.tool_call, finished))}\n`);
        lines.push(line);
        bytes += line.length;
        if (bytes > finishedPage.bytes) break;
      }
      return { lines, last_seq, more: places === finishedPage.places || bytes > finishedPage.bytes };
    },
    consentOverview: async (required) =>
      consentOverview({
        count: (query) => reader.countTraces(query),
        values: (field) => reader.fieldValues('traces', field, '', 50),
        required,
      }),
  };
  const read = (name: AsStored, shape: Shape) => {
    const ask = (...args: unknown[]) => (reader[name] as (...args: unknown[]) => never)(...args);
    return async (...args: unknown[]) => {
      if (shape === 'small') return ask(...args);
      if (shape === 'one') return sized(ask(...args));
      const last = args.at(-1);
      return shape === 'page'
        ? sizedPage(last as number, (limit) => ask(...args.slice(0, -1), limit))
        : sizedPage((last as { limit: number }).limit, (limit) => ask({ ...(last as object), limit }));
    };
  };
  return { ...made, ...Object.fromEntries(stored.map(([name, [, shape]]) => [name, read(name, shape)])) } as Reads;
}

function json(value: object | null): Uint8Array | null {
  return value === null ? null : new TextEncoder().encode(JSON.stringify(value));
}
