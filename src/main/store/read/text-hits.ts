import { sql } from 'kysely';
import type { ExchangeHit, ListHit, Step, TraceHits } from '../../../shared/model/index.js';
import { parseQuery, type TextNode, textsOf } from '../../../shared/query/index.js';
import { type TextHit, textSearch, wordsOf } from '../../../shared/text-find.js';
import { uidOrNull } from '../codec/uid.js';
import { firstTextOfCall, ftsQuery } from '../find/text-match.js';
import { type StepRow, selectSteps, stepOf } from '../sqlite/rows/step.js';
import { selectToolCalls, type ToolCallRow, toolCallOf } from '../sqlite/rows/tool-call.js';
import { rowsOf, type Schema, textsPerRow, titleRow } from '../sqlite/schema.js';
import type { Prepared, Statements } from '../sqlite/statements.js';
import { exchangeSearchText } from '../text/exchange-text.js';
import { callText, jsonText, stepText } from '../text/step-text.js';
import type { TracePage } from './trace-page.js';

/** UTF-16 units shown before and after what was found. */
const charsBefore = 48;
const charsAfter = 160;
const mostSteps = 5000;
const pageSteps = 200;

/** What can be looked for in a step as it is shown: of a tool call its arguments too. */
function shownText(step: Step): string {
  return step.type === 'tool_call' ? callText(step.name, step.arguments) : stepText(step);
}

type ExchangeRow = Pick<Schema['exchanges'], 'trace' | 'url' | 'error'> & { id: number };

/** Where words stand in traces and exchanges. */
export class TextHits {
  readonly #statements: Statements;
  readonly #pages: TracePage;
  readonly #trace: Prepared<{ uid: Buffer }, { id: number }>;
  readonly #exchange: Prepared<{ uid: Buffer }, ExchangeRow>;
  readonly #step: Prepared<{ id: number }, StepRow>;
  readonly #toolCall: Prepared<{ id: number }, ToolCallRow>;

  constructor(statements: Statements, pages: TracePage) {
    this.#statements = statements;
    this.#pages = pages;
    this.#trace = statements.prepare<{ uid: Buffer }>()((builder, p) =>
      builder.selectFrom('traces').select('id').where('uid', '=', p('uid')),
    );
    this.#exchange = statements.prepare<{ uid: Buffer }>()((builder, p) =>
      builder.selectFrom('exchanges').select(['id', 'trace', 'url', 'error']).where('uid', '=', p('uid')),
    );
    this.#step = statements.prepare<{ id: number }>()((_, p) => selectSteps().where('s.id', '=', p('id')));
    this.#toolCall = statements.prepare<{ id: number }>()((_, p) => selectToolCalls().where('t.id', '=', p('id')));
  }

  /** The first place of each trace that has words of the query; of its title, which a list shows anyway, none. */
  ofList(query: string, traceIds: readonly string[]): ListHit[] {
    const texts = textsOf(parseQuery(query, 'traces'));
    if (texts.length === 0) return [];
    return traceIds.flatMap((traceId) => {
      const uid = uidOrNull(traceId);
      const trace = uid && this.#trace.get({ uid });
      if (!trace) return [];
      for (const node of texts) {
        const hit = this.#first(trace.id, node);
        if (hit !== null) return [{ trace_id: traceId, ...hit }];
      }
      return [];
    });
  }

  /**
   * The first place of each exchange that has words of the query: in the steps that its call added and the tool calls it asked
   * for, else in its address and error.
   */
  ofExchanges(query: string, exchangeIds: readonly string[]): ExchangeHit[] {
    const texts = textsOf(parseQuery(query, 'exchanges'));
    if (texts.length === 0) return [];
    return exchangeIds.flatMap((exchangeId) => {
      const uid = uidOrNull(exchangeId);
      const exchange = uid && this.#exchange.get({ uid });
      if (!exchange) return [];
      for (const node of texts) {
        const place = this.#placeIn(exchange, node);
        const hit = place === null ? undefined : hitOf(place, node);
        if (place !== null && hit !== undefined) return [{ exchange_id: exchangeId, ...around(place, hit) }];
      }
      return [];
    });
  }

  /** Every step that has the text, whatever the index thinks a word is. */
  inTrace(traceId: string, text: string, whole: boolean): TraceHits {
    const search = textSearch(text, whole);
    const found: TraceHits = { hits: 0, steps: [], steps_count: 0 };
    if (search === null) return found;
    for (let after = -1; ; ) {
      const steps = this.#pages.steps(traceId, after, pageSteps);
      for (const step of steps) {
        const hits = search.hits(shownText(step)).length;
        if (hits === 0) continue;
        found.hits += hits;
        found.steps_count += 1;
        if (found.steps.length < mostSteps) found.steps.push({ step_id: step.step_id, hits });
      }
      const last = steps.at(-1);
      if (last === undefined || steps.length < pageSteps) return found;
      after = last.seq;
    }
  }

  #first(trace: number, node: TextNode): Omit<ListHit, 'trace_id'> | null {
    const { last } = rowsOf(trace);
    // FTS5 takes integers only, where a bound number would be a float.
    const from = BigInt((titleRow(trace) + 1) * textsPerRow);
    const to = BigInt((last + 1) * textsPerRow - 1);
    const rows = this.#statements.all(
      sql<{ id: number }>`SELECT f.rowid AS id FROM texts AS f WHERE f.texts MATCH ${ftsQuery(node)}
        AND f.rowid BETWEEN ${from} AND ${to} ORDER BY f.rowid LIMIT 1`,
    );
    const [row] = rows;
    const place = row && this.#textAt(row.id);
    if (!place) return null;
    const hit = hitOf(place.text, node);
    if (hit === undefined) return null;
    return { step_id: place.step_id, ...around(place.text, hit), text: wordsOf(node.text), whole: !node.prefix };
  }

  /** The text of an exchange, or of what its call brought, in which the words stand first. */
  #placeIn({ id, trace, url, error }: ExchangeRow, node: TextNode): string | null {
    const [hit] = trace === null ? [] : this.#statements.all(firstTextOfCall(trace, id, ftsQuery(node)));
    const place = hit && this.#textAt(hit.id);
    if (place) return place.text;
    const [own] = this.#statements.all(
      sql<{
        id: number;
      }>`SELECT f.rowid AS id FROM texts AS f WHERE f.texts MATCH ${ftsQuery(node)} AND f.rowid = ${BigInt(-id)}`,
    );
    return own === undefined ? null : exchangeSearchText(url, error);
  }

  #textAt(textRow: number): { step_id: string; text: string } | null {
    const id = Math.floor(textRow / textsPerRow);
    const part = textRow % textsPerRow;
    if (part === 0) {
      const row = this.#step.get({ id });
      if (row === undefined) return null;
      const step = stepOf(row);
      return { step_id: step.step_id, text: stepText(step) };
    }
    const row = this.#toolCall.get({ id });
    if (row === undefined) return null;
    const call = toolCallOf(row);
    if (!call.step_id) return null;
    return { step_id: call.step_id, text: part === 1 ? callText(call.name, call.arguments) : jsonText(call.result) };
  }
}

function hitOf(text: string, node: TextNode): TextHit | undefined {
  return textSearch(wordsOf(node.text), !node.prefix)?.hits(text, 1)[0];
}

function around(text: string, { start, end }: TextHit): Pick<ListHit, 'before' | 'match' | 'after'> {
  const line = (piece: string) => piece.replace(/\s+/gu, ' ');
  const begin = Math.max(0, start - charsBefore);
  const stop = Math.min(text.length, end + charsAfter);
  return {
    before: line(`${begin > 0 ? '…' : ''}${text.slice(begin, start)}`),
    match: line(text.slice(start, end)),
    after: line(`${text.slice(end, stop)}${stop < text.length ? '…' : ''}`),
  };
}
