import { isDeepStrictEqual } from 'node:util';
import { SluiceError } from '../../../shared/errors.js';
import {
  type Assembled,
  type AssembledCall,
  type AssembledRecord,
  type AssembledRows,
  type Json,
  type NewTrace,
  type QaResults,
  type TracePatch,
  type TracePurpose,
  usageFields,
} from '../../../shared/model/index.js';
import { addUsd } from '../../../shared/usd.js';
import { uidBytes, uidOrNull } from '../codec/uid.js';
import type { TraceTerms } from '../dictionaries/trace-terms.js';
import { lineageKey } from '../lookups/lineage-keys.js';
import { type Schema, stepTextRow, titleRow } from '../sqlite/schema.js';
import type { Sql } from '../sqlite/sql.js';
import type { Prepared, Statements } from '../sqlite/statements.js';
import type { TextIndex } from '../text/text-index.js';
import type { Consents } from './consents.js';
import { hostOf } from './exchange-terms.js';
import { mergedResults, sentResults, testsTerm } from './qa-results.js';

/** Of a trace whose opening is under way: the save of what opens it makes it 1. */
const unsaved = 0;

/** The columns of a trace that grow with it. */
export type TraceState = Pick<
  Schema['traces'],
  | 'started_at'
  | 'ended_at'
  | 'undated'
  | 'completion_status'
  | 'next_seq'
  | 'decision_count'
  | 'call_count'
  | 'step_count'
  | 'tool_call_count'
  | 'error_count'
  | 'finding_count'
  | 'cost_usd'
  | 'models'
  | 'tool_names'
  | 'terms'
  | 'step_order'
  | 'revision'
  | (typeof usageFields)[number]
> & { id: number };

const stateColumns = [
  'started_at',
  'ended_at',
  'completion_status',
  'next_seq',
  'decision_count',
  'call_count',
  'step_count',
  'tool_call_count',
  'error_count',
  'finding_count',
  'cost_usd',
  'models',
  'tool_names',
  'terms',
  'step_order',
  'revision',
  'undated',
  ...usageFields,
] as const satisfies (keyof TraceState)[];

type NewRow = Pick<
  Schema['traces'],
  | 'uid'
  | 'kind'
  | 'title'
  | 'parent'
  | 'parent_step'
  | 'predecessor'
  | 'source'
  | 'started_at'
  | 'ended_at'
  | 'completion_status'
  | 'terms'
  | 'step_order'
  | 'revision'
  | 'undated'
>;

/** Columns of a trace that seldom change once it is open. */
type Origin = Pick<Schema['traces'], 'title' | 'metadata' | 'parent' | 'parent_step' | 'predecessor' | 'qa_results'>;

/** Fields of queries that the metadata has under these names. */
const labelFields = { scenario: 'scenario', mode: 'execution_mode' } as const;
/** In front of the name of a sample that a trace was drawn into, in the metadata. */
const sampleMark = 'sample:';
/** Names in the metadata that a person has given or taken away: programs no longer change them. */
const byHand = 'set_by_hand';

/** Opens traces and keeps their summaries up to date. */
export class TraceSaver {
  readonly #sql: Sql;
  readonly #terms: TraceTerms;
  readonly #text: TextIndex;
  readonly #consents: Consents;
  readonly #byUid: Prepared<{ uid: Buffer }, TraceState>;
  readonly #byId: Prepared<{ id: number }, TraceState>;
  readonly #insert: Prepared<NewRow, unknown>;
  readonly #update: Prepared<TraceState, unknown>;
  readonly #origin: Prepared<{ id: number }, Origin>;
  readonly #setOrigin: Prepared<Origin & { id: number }, unknown>;
  readonly #setKey: Prepared<Schema['trace_keys'], unknown>;

  constructor(statements: Statements, sql: Sql, terms: TraceTerms, text: TextIndex, consents: Consents) {
    this.#sql = sql;
    this.#terms = terms;
    this.#text = text;
    this.#consents = consents;
    this.#byUid = statements.prepare<{ uid: Buffer }>()((sql, p) =>
      sql
        .selectFrom('traces')
        .select(['id', ...stateColumns])
        .where('uid', '=', p('uid')),
    );
    this.#byId = statements.prepare<{ id: number }>()((sql, p) =>
      sql
        .selectFrom('traces')
        .select(['id', ...stateColumns])
        .where('id', '=', p('id')),
    );
    this.#insert = statements.prepare<NewRow>()((sql, p) =>
      sql.insertInto('traces').values({
        uid: p('uid'),
        kind: p('kind'),
        title: p('title'),
        parent: p('parent'),
        parent_step: p('parent_step'),
        predecessor: p('predecessor'),
        source: p('source'),
        started_at: p('started_at'),
        ended_at: p('ended_at'),
        completion_status: p('completion_status'),
        terms: p('terms'),
        step_order: p('step_order'),
        revision: p('revision'),
        undated: p('undated'),
        // The rest has defaults.
      } as never),
    );
    this.#update = statements.prepare<TraceState>()((sql, p) =>
      sql
        .updateTable('traces')
        .set(Object.fromEntries(stateColumns.map((column) => [column, p(column)])))
        .where('id', '=', p('id')),
    );
    this.#origin = statements.prepare<{ id: number }>()((sql, p) =>
      sql
        .selectFrom('traces')
        .select(['title', 'metadata', 'parent', 'parent_step', 'predecessor', 'qa_results'])
        .where('id', '=', p('id')),
    );
    this.#setOrigin = statements.prepare<Origin & { id: number }>()((sql, p) =>
      sql
        .updateTable('traces')
        .set({
          title: p('title'),
          metadata: p('metadata'),
          parent: p('parent'),
          parent_step: p('parent_step'),
          predecessor: p('predecessor'),
          qa_results: p('qa_results'),
        })
        .where('id', '=', p('id')),
    );
    this.#setKey = statements.prepare<Schema['trace_keys']>()((sql, p) =>
      sql
        .insertInto('trace_keys')
        .values({ key: p('key'), trace: p('trace') })
        .onConflict((conflict) => conflict.column('key').doUpdateSet((eb) => ({ trace: eb.ref('excluded.trace') }))),
    );
  }

  /** The trace as it stands; opened first where the rows begin one. */
  open(made: AssembledRows): TraceState {
    const cached = this.#byUid.get({ uid: uidBytes(made.trace_id) });
    if (cached) return cached;
    if (made.new_trace === null) throw new Error('Rows were assembled into a trace that is not in the database.');
    const id = this.#add(made.new_trace, made);
    return this.byId(id) as TraceState;
  }

  byTraceId(traceId: string): TraceState | undefined {
    const uid = uidOrNull(traceId);
    return uid === null ? undefined : this.#byUid.get({ uid });
  }

  byId(id: number): TraceState | undefined {
    return this.#byId.get({ id });
  }

  /** `changed`: what is judged or exported of it is not what it was, so whoever read it before read another state. */
  save(state: TraceState, changed = true): void {
    state.revision = this.revisionAfter(state, changed);
    this.#update.run(state);
  }

  /** The revision that it has once what is under way was saved. */
  revisionAfter({ revision }: TraceState, changed: boolean): number {
    return changed || revision === unsaved ? revision + 1 : revision;
  }

  /** Takes a call into the summary; steps and tool calls are counted by their own savers. */
  addCall(state: TraceState, { call }: AssembledCall): void {
    state.call_count += 1;
    for (const field of usageFields) {
      const tokens = call.usage?.[field];
      if (tokens !== undefined) state[field] = (state[field] ?? 0) + tokens;
    }
    if (call.cost_usd !== null) state.cost_usd = addUsd(state.cost_usd ?? 0, call.cost_usd);
    const terms = [this.#terms.id('format', call.format)];
    if (call.model !== null) {
      terms.push(this.#terms.id('model', call.model));
      state.models = withItem(state.models, call.model);
    }
    if (call.partial) terms.push(this.#terms.id('flag', 'partial'));
    state.terms = this.#terms.change(state, terms);
  }

  /** Takes the answer of a call that was counted before into the summary; `before`: what was counted of it then. */
  addAnswer(
    state: TraceState,
    { call }: { call: Pick<AssembledCall['call'], 'usage' | 'cost_usd' | 'model'> },
    before: Pick<AssembledCall['call'], 'usage' | 'cost_usd'>,
  ): void {
    for (const field of call.usage === null ? [] : usageFields) {
      const more = (call.usage?.[field] ?? 0) - (before.usage?.[field] ?? 0);
      if (call.usage?.[field] !== undefined) state[field] = (state[field] ?? 0) + more;
    }
    if (call.cost_usd !== null) state.cost_usd = addUsd(state.cost_usd ?? 0, call.cost_usd, -(before.cost_usd ?? 0));
    if (call.model === null) return;
    state.models = withItem(state.models, call.model);
    state.terms = this.#terms.change(state, [this.#terms.id('model', call.model)]);
  }

  /** Takes an exchange that belongs to the trace into the summary. */
  addExchange(state: TraceState, { decoded }: Assembled, client: string): void {
    const { exchange, record } = decoded;
    state.finding_count += exchange.findings.length;
    const terms = [this.#terms.id('client', client)];
    const host = hostOf(exchange.url);
    if (host !== null) terms.push(this.#terms.id('host', host));
    if (exchange.upstream_name !== undefined) terms.push(this.#terms.id('upstream', exchange.upstream_name));
    if (exchange.session !== undefined) terms.push(this.#terms.id('session', exchange.session));
    if (record !== undefined) terms.push(this.#terms.id('source', record.source));
    for (const { entity } of exchange.findings) {
      terms.push(this.#terms.id('entity', entity), this.#terms.id('flag', 'findings'));
    }
    state.terms = this.#terms.change(state, terms);
  }

  /**
   * Takes what the assembler says of the trace as a whole into it; whether that changed more than the right to use it.
   * @param rows whether it has rows, and whether some come with this
   */
  patch(state: TraceState, patch: TracePatch, rows = { stand: true, come: false }): boolean {
    const { started_at, ended_at, undated } = state;
    this.#times(state, patch, rows);
    const before = state.completion_status;
    state.completion_status = patch.completion_status ?? before;
    const gone = before === state.completion_status ? [] : [this.#terms.id('status', before)];
    state.terms = this.#terms.change(state, [this.#terms.id('status', state.completion_status)], gone);
    const { title, metadata, consent, qa_results, parent_trace_id, parent_step_id, predecessor_trace_id } = patch;
    if (consent !== undefined) state.terms = this.#consents.bring(state, consent, Date.now() * 1000);
    const texts = [title, metadata, qa_results];
    const links = [parent_trace_id, parent_step_id, predecessor_trace_id];
    const changed =
      state.started_at !== started_at ||
      state.ended_at !== ended_at ||
      state.undated !== undated ||
      state.completion_status !== before;
    // The save makes it the state that is told of, unless the trace has gone on from there.
    const { revision } = patch;
    const restored = revision !== undefined && state.revision <= revision;
    if (restored) state.revision = revision - 1;
    if (texts.every((text) => text === undefined) && links.every((id) => !id)) return changed || restored;
    const stood = this.#origin.get({ id: state.id }) as Origin;
    const next = { ...stood };
    if (title !== undefined && title !== stood.title) {
      next.title = title;
      this.#text.replace(stepTextRow(titleRow(state.id)), stood.title, title);
    }
    if (metadata !== undefined) {
      const more = withoutByHand(stood.metadata, metadata);
      next.metadata = merged(stood.metadata, more);
      this.#labels(state, stood.metadata, more);
    }
    if (qa_results !== undefined) {
      next.qa_results = sentResults(this.#sql, state.id, stood.qa_results, qa_results);
      this.#tests(state, stood.qa_results, next.qa_results);
      this.#sentStatus(state, next.qa_results);
    }
    next.parent ??= this.#other(state, parent_trace_id);
    const first = patch.revision !== undefined;
    // Of an export the child may come before its parent.
    if ((next.parent !== null || first) && parent_step_id) next.parent_step ??= uidOrNull(parent_step_id);
    next.predecessor ??= this.#other(state, predecessor_trace_id);
    if (next.parent !== null) state.terms = this.#terms.change(state, [this.#terms.id('flag', 'parent')]);
    const same = isDeepStrictEqual(next, stood);
    // Records say of their trace what the one before has said.
    if (!same) this.#setOrigin.run({ ...next, id: state.id });
    if (next.parent !== stood.parent || next.predecessor !== stood.predecessor) {
      state.terms = this.#consents.inherit(state, Date.now() * 1000);
    }
    return changed || !same || restored;
  }

  /** Told times take the place of those that only keep the order, and are not moved by them. */
  #times(state: TraceState, patch: TracePatch, rows: { stand: boolean; come: boolean }): void {
    const told = patch.started_at !== undefined && patch.undated === undefined;
    if (state.undated === 0 && patch.undated) {
      if (rows.come && !rows.stand) state.undated = 1;
      return;
    }
    const first = state.undated === 1 && told;
    const started = patch.started_at ?? state.started_at;
    if (first || started < state.started_at) {
      this.#terms.move(state, started);
      state.started_at = started;
    }
    state.ended_at = first ? patch.ended_at : Math.max(state.ended_at, patch.ended_at);
    if (first) state.undated = 0;
  }

  /**
   * What a person says of what a trace was made for.
   * @throws SluiceError `not_found`
   */
  setPurpose(traceId: string, purpose: Partial<TracePurpose>): TracePurpose {
    const state = this.byTraceId(traceId);
    if (state === undefined) throw new SluiceError('not_found', 'There is no such trace.');
    const stood = this.#origin.get({ id: state.id }) as Origin;
    const fields = fieldsOf(stood.metadata);
    const said: { [name: string]: string | null } = {};
    for (const [field, name] of Object.entries(labelFields) as [keyof TracePurpose, string][]) {
      const value = purpose[field];
      if (value === undefined) continue;
      const before = fields[name];
      const gone = typeof before === 'string' && before !== '' ? [this.#terms.id(field, before)] : [];
      state.terms = this.#terms.change(state, value === null ? [] : [this.#terms.id(field, value)], gone);
      said[name] = value;
    }
    const now = this.#setByHand(state, stood, said);
    const purposeOf = (field: keyof TracePurpose) => {
      const value = now[labelFields[field]];
      return typeof value === 'string' ? value : null;
    };
    return { scenario: purposeOf('scenario'), mode: purposeOf('mode') };
  }

  /**
   * Which repository a person says a trace is about; null takes it away.
   * @throws SluiceError `not_found`
   */
  setRepository(traceId: string, repo: { [field: string]: string } | null): void {
    const state = this.byTraceId(traceId);
    if (state === undefined) throw new SluiceError('not_found', 'There is no such trace.');
    this.#setByHand(state, this.#origin.get({ id: state.id }) as Origin, { repo });
  }

  /** Fields of the metadata that no program changes from now on; null: there is none. Answers what the metadata is then. */
  #setByHand(state: TraceState, stood: Origin, said: { [name: string]: Fields[string] | null }): Fields {
    const { ...fields } = fieldsOf(stood.metadata);
    const names = new Set([...namedByHand(fields), ...Object.keys(said)]);
    for (const [name, value] of Object.entries(said)) {
      if (value === null) delete fields[name];
      else fields[name] = value;
    }
    const now = { ...fields, ...(names.size > 0 && { [byHand]: [...names] }) };
    this.#setOrigin.run({ ...stood, metadata: JSON.stringify(now), id: state.id });
    this.save(state);
    return now;
  }

  /** Says of a trace what it comes from, or goes on from, where it was stored before that; it may be gone by now. */
  link({ trace_id, restored, ...origin }: NonNullable<AssembledRecord['links']>[number]): void {
    const state = this.byTraceId(trace_id);
    if (state === undefined) return;
    if (this.patch(state, { ended_at: state.ended_at, ...origin })) this.save(state, restored !== true);
  }

  /** Marks those of the traces that still run as interrupted, and counts them; notes how their run ended where that is known. */
  endRun(traceIds: readonly string[], exitCode?: number): number {
    let count = 0;
    for (const traceId of traceIds) {
      const state = this.byTraceId(traceId);
      if (state === undefined) continue;
      const runs = state.completion_status === 'running';
      const changed = this.patch(state, {
        ended_at: state.ended_at,
        ...(runs ? { completion_status: 'interrupted' as const } : {}),
        ...(exitCode === undefined ? {} : { metadata: { exit_code: exitCode } }),
      });
      if (changed) this.save(state);
      if (runs) count += 1;
    }
    return count;
  }

  /** From now on the key leads to this trace. */
  setKey(state: { id: number }, key: string): void {
    this.#setKey.run({ key: lineageKey('trace', key), trace: state.id });
  }

  addTerm(state: TraceState, field: string, value: string): void {
    state.terms = this.#terms.change(state, [this.#terms.id(field, value)]);
  }
  dropTerm(state: TraceState, field: string, value: string): void {
    state.terms = this.#terms.change(state, [], [this.#terms.id(field, value)]);
  }

  addToolCall(state: TraceState, name: string): void {
    state.tool_call_count += 1;
    state.tool_names = withItem(state.tool_names, name);
    state.terms = this.#terms.change(state, [this.#terms.id('tool', name), this.#terms.id('flag', 'tool')]);
  }

  /** `count`: below zero where what was taken for errors turned out to be none. */
  addErrors(state: TraceState, count: number): void {
    if (count === 0) return;
    state.error_count += count;
    const flag = [this.#terms.id('flag', 'error')];
    state.terms = state.error_count > 0 ? this.#terms.change(state, flag) : this.#terms.change(state, [], flag);
  }

  #add(trace: NewTrace, made: AssembledRows): number {
    const parent = this.#idOf(trace.parent_trace_id);
    const row: NewRow = {
      uid: uidBytes(trace.trace_id),
      kind: trace.kind,
      title: trace.title,
      parent,
      parent_step: parent === null || trace.parent_step_id === null ? null : uidBytes(trace.parent_step_id),
      predecessor: this.#idOf(trace.predecessor_trace_id),
      source: JSON.stringify(trace.source),
      started_at: trace.started_at,
      ended_at: trace.started_at,
      completion_status: made.trace_patch.completion_status ?? 'running',
      terms: Buffer.alloc(0),
      // What others recorded may come in any order.
      step_order: trace.kind === 'agent' ? 0 : 1,
      revision: unsaved,
      undated: trace.undated ? 1 : 0,
    };
    const { id } = this.#insert.run(row);
    if (trace.key !== null) this.setKey({ id }, trace.key);
    const terms = [
      this.#terms.id('kind', trace.kind),
      this.#terms.id('source', trace.source.kind),
      this.#terms.id('status', row.completion_status),
    ];
    for (const field of ['client', 'session', 'upstream'] as const) {
      const value = trace.source[field];
      if (value !== undefined) terms.push(this.#terms.id(field, value));
    }
    if (parent !== null) terms.push(this.#terms.id('flag', 'parent'));
    const state = this.byId(id) as TraceState;
    state.terms = this.#terms.change(state, terms);
    state.terms = this.#consents.inherit(state, Date.now() * 1000);
    this.#update.run(state);
    this.#text.add(stepTextRow(titleRow(id)), trace.title);
    return id;
  }

  /** What a run of its tests says; whether that is news. The caller saves the summary. */
  addResults(state: TraceState, said: QaResults): boolean {
    const stood = this.#origin.get({ id: state.id }) as Origin;
    const qa_results = mergedResults(stood.qa_results, said);
    if (qa_results === stood.qa_results) return false;
    this.#tests(state, stood.qa_results, qa_results);
    this.#setOrigin.run({ ...stood, qa_results, id: state.id });
    return true;
  }

  /** What its tests came to: it is found by that. */
  #tests(state: TraceState, stood: string | null, results: string): void {
    const [before, now] = [testsTerm(stood), testsTerm(results)];
    if (before === now) return;
    if (before !== null) this.dropTerm(state, 'tests', before);
    if (now !== null) this.addTerm(state, 'tests', now);
  }

  /** Where no run of ours says how far its tests are, what was sent does. */
  #sentStatus(state: TraceState, results: string): void {
    const stood = this.qaStatus(state.id);
    const now = testsTerm(results) === null ? 'none' : 'sent';
    if ((stood !== 'none' && stood !== 'sent') || stood === now) return;
    if (now === 'sent') this.addTerm(state, 'qa', 'done');
    else this.dropTerm(state, 'qa', 'done');
    this.#sql('UPDATE traces SET qa_status = ? WHERE id = ?').run(now, state.id);
  }

  /** As the column has it: a status of a run of ours, `none`, or `sent`. */
  qaStatus(trace: number): string {
    const { qa_status } = this.#sql('SELECT qa_status FROM traces WHERE id = ?').get(trace) as { qa_status: string };
    return qa_status;
  }

  /** What a trace was made for and in which mode: it is found by them. */
  #labels(state: TraceState, stood: string | null, metadata: { [name: string]: Json }): void {
    for (const [field, name] of Object.entries(labelFields)) {
      const value = metadata[name];
      if (typeof value !== 'string' || value === '') continue;
      const before = stood === null ? undefined : (JSON.parse(stood) as { [name: string]: Json })[name];
      if (before === value) continue;
      const gone = typeof before === 'string' && before !== '' ? [this.#terms.id(field, before)] : [];
      state.terms = this.#terms.change(state, [this.#terms.id(field, value)], gone);
    }
    // One may be drawn into several.
    for (const name of Object.keys(metadata)) {
      if (!name.startsWith(sampleMark) || fieldsOf(stood)[name] !== undefined) continue;
      state.terms = this.#terms.change(state, [this.#terms.id('sample', name.slice(sampleMark.length))]);
    }
  }

  /** Another trace than this one: what names itself is nobody's child. */
  #other(state: TraceState, traceId: string | undefined): number | null {
    const id = traceId === undefined ? null : (this.byTraceId(traceId)?.id ?? null);
    return id === state.id ? null : id;
  }

  #idOf(traceId: string | null): number | null {
    return traceId === null ? null : (this.#byUid.get({ uid: uidBytes(traceId) })?.id ?? null);
  }
}

type Fields = { [name: string]: Json };

function fieldsOf(metadata: string | null): Fields {
  return metadata === null ? {} : (JSON.parse(metadata) as Fields);
}

/** JSON of an object with more fields in it. */
function merged(stood: string | null, more: Fields): string {
  return JSON.stringify({ ...fieldsOf(stood), ...more });
}

function namedByHand({ [byHand]: names }: Fields): string[] {
  return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
}

/** What a program says, but for what a person has said before. */
function withoutByHand(stood: string | null, stated: Fields): Fields {
  const fixed = namedByHand(fieldsOf(stood));
  return fixed.length === 0
    ? stated
    : Object.fromEntries(Object.entries(stated).filter(([name]) => !fixed.includes(name)));
}

/** A JSON list of names with one more in it, unless it has it. */
function withItem(list: string, item: string): string {
  const items = JSON.parse(list) as string[];
  return items.includes(item) ? list : JSON.stringify([...items, item]);
}
