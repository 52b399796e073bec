import { type RawBuilder, sql } from 'kysely';
import { qaStatuses, qaVerdicts } from '../../../shared/model/index.js';
import type { FieldNode, QueryNode, QueryScope, RangeNode, RawValue } from '../../../shared/query/index.js';
import { uidOrNull } from '../codec/uid.js';
import { lineageKey } from '../lookups/lineage-keys.js';
import { placesPerTrace, rowsOf } from '../sqlite/schema.js';
import { type Statements, sqlBuilder } from '../sqlite/statements.js';
import {
  all,
  always,
  any,
  compared,
  type Expression,
  like,
  likePattern,
  never,
  nullIsFalse,
  type Predicate,
  timeBounds,
  within,
} from './predicates.js';
import { findTerms, maxTerms } from './term-lookup.js';
import { type TextBounds, textCondition } from './text-match.js';

const traceOfToolCall: Expression = sql`t.id / ${sql.lit(placesPerTrace)}`;
/** The row of the trace that a row of a list belongs to. */
export const traceOf: Record<QueryScope, Expression> = {
  traces: sql`t.id`,
  tool_calls: traceOfToolCall,
  exchanges: sql`ifnull(t.trace, 0)`,
};

/** Columns that numbers, durations, sizes and dates compare with. */
const expressions: Record<QueryScope, Record<string, Expression>> = {
  traces: {
    rating: sql`t.rating`,
    started: sql`t.started_at`,
    ended: sql`t.ended_at`,
    duration: sql`(t.ended_at - t.started_at)`,
    calls: sql`t.call_count`,
    steps: sql`t.step_count`,
    tool_calls: sql`t.tool_call_count`,
    errors: sql`t.error_count`,
    findings: sql`t.finding_count`,
    tokens: sumOfKnown('t.input_tokens', 't.output_tokens'),
    input_tokens: sql`t.input_tokens`,
    output_tokens: sql`t.output_tokens`,
    cost: sql`t.cost_usd`,
  },
  tool_calls: {
    rating: sql`(SELECT r.rating FROM traces AS r WHERE r.id = ${traceOfToolCall})`,
    started: sql`t.at`,
    duration: sql`t.duration_us`,
    suspicion: sql`t.suspicion`,
  },
  exchanges: {
    started: sql`t.started_at`,
    duration: sql`t.duration_us`,
    ttfb: sql`t.ttfb_us`,
    ttft: sql`t.ttft_us`,
    bytes: sql`(t.request_bytes + t.response_bytes)`,
    request_bytes: sql`t.request_bytes`,
    response_bytes: sql`t.response_bytes`,
    findings: sql`t.finding_count`,
    tokens: sumOfKnown('t.input_tokens', 't.output_tokens'),
    input_tokens: sql`t.input_tokens`,
    output_tokens: sql`t.output_tokens`,
    cost: sql`t.cost_usd`,
    status: sql`t.status`,
  },
};

/** Traces that are gathered into a set at most, rather than asked for tool call by tool call. */
const maxTraceSet = 20_000;

/** Fields of exchanges that are conditions on their row. */
const exchangeColumns = new Set(['kind', 'via', 'method', 'state']);

function sumOfKnown(a: string, b: string): Expression {
  return sql`CASE WHEN ${sql.ref(a)} IS NULL AND ${sql.ref(b)} IS NULL THEN NULL
    ELSE ifnull(${sql.ref(a)}, 0) + ifnull(${sql.ref(b)}, 0) END`;
}

/** What the words of `has:`, `is:`, `status:` and `label:` stand for: a term of the dictionary. */
export function termOf(scope: QueryScope, field: string, word: string): { field: string; value: string } | null {
  if (field === 'has' || field === 'is') {
    if (word === 'accepted' || word === 'rejected') return { field: 'label', value: word };
    if (word === 'running') return { field: 'status', value: word };
    return { field: 'flag', value: word === 'subagent' ? 'parent' : word };
  }
  if (field === 'status' && (word === 'error' || word === 'suspect') && scope !== 'tool_calls')
    return { field: 'flag', value: word };
  return null;
}

/** Values of fields that say what came of tests. */
const valuesOfTests: { [field: string]: readonly string[] } = {
  qa: qaStatuses,
  verdict: qaVerdicts,
  tests: ['passed', 'failed'],
};

/** Turns the nodes of a query into conditions over the row `t` of a list. */
export class Conditions {
  readonly #statements: Statements;
  readonly #scope: QueryScope;
  readonly #now: number;

  constructor(statements: Statements, scope: QueryScope, now: number) {
    this.#statements = statements;
    this.#scope = scope;
    this.#now = now;
  }

  of(node: QueryNode, bounds: TextBounds): Predicate {
    switch (node.type) {
      case 'and':
        return all(node.items.map((item) => this.of(item, bounds)));
      case 'or':
        return any(node.items.map((item) => this.of(item, bounds)));
      case 'not':
        return sql`NOT ${this.of(node.item, bounds)}`;
      case 'text':
        return textCondition(this.#scope, node, bounds);
      case 'field':
      case 'range':
        return this.#field(node);
      default:
        return node satisfies never;
    }
  }

  #field(node: FieldNode | RangeNode): Predicate {
    const expression = expressions[this.#scope][node.field] as Expression;
    if (node.field === 'score') return this.#score(node);
    if (node.fieldType === 'date') return within(expression, timeBounds(node, this.#now));
    if (node.type === 'range') return compared(node, expression);
    switch (node.fieldType) {
      case 'number':
      case 'duration':
      case 'size':
        return compared(node, expression);
      case 'status':
        return this.#status(node, expression);
      case 'id':
        return this.#id(node);
      case 'contains':
        return like(node.field === 'title' ? sql`t.title` : sql`t.url`, `%${likePattern(node.value)}%`);
      case 'choice':
        return this.#choice(node);
      case 'flag':
        return this.#flag(node);
      case 'term':
        if (this.#scope === 'tool_calls' && node.field === 'tool') return this.#toolOfCall(node.value);
        return this.#term(node.field, node.value);
      default:
        return node.fieldType satisfies never;
    }
  }

  #status(node: FieldNode, expression: Expression): Predicate {
    const word = node.value.text.toLowerCase();
    if (word === 'error') return this.#exact('flag', 'error');
    if (word === 'ok') return sql`NOT ${this.#exact('flag', 'error')}`;
    const family = /^([1-5])xx$/.exec(word)?.[1];
    if (family === undefined) return compared({ ...node, fieldType: 'number' }, expression);
    return nullIsFalse(sql`${expression} BETWEEN ${Number(family) * 100} AND ${Number(family) * 100 + 99}`);
  }

  #choice(node: FieldNode): Predicate {
    const word = node.value.text.toLowerCase();
    if (node.field === 'effect' && this.#scope !== 'traces') return effectCondition(this.#scope, word);
    if (this.#scope === 'tool_calls' && node.field === 'status')
      return word === 'suspect' ? sql`t.suspicion IS NOT NULL` : sql`t.status = ${word}`;
    if (node.field === 'label' && word === 'none') {
      if (this.#scope === 'traces') return sql`t.label IS NULL`;
      return sql`EXISTS (SELECT 1 FROM traces AS r WHERE r.id = ${traceOfToolCall} AND r.label IS NULL)`;
    }
    // What has none has no value to be found by.
    const values = valuesOfTests[node.field];
    if (values !== undefined && word === 'none') {
      return sql`NOT ${any(values.filter((value) => value !== word).map((value) => this.#exact(node.field, value)))}`;
    }
    // What nobody said anything of has no value to be found by.
    if (node.field === 'consent' && word === 'no') return sql`NOT ${this.#exact('consent', 'yes')}`;
    if (node.field === 'status' && word === 'ok') {
      return all([this.#exact('status', 'completed'), sql`NOT ${this.#exact('flag', 'error')}`]);
    }
    const term = termOf(this.#scope, node.field, word) ?? { field: node.field, value: word };
    return this.#exact(term.field, term.value);
  }

  #flag(node: FieldNode): Predicate {
    const word = node.value.text.toLowerCase();
    if (this.#scope === 'tool_calls' && node.field === 'has') {
      return word === 'error' ? sql`t.status = 'error'` : sql`t.status <> 'pending'`;
    }
    if (word === 'duplicate') return this.#duplicate(always);
    // Reviewed as it was, and changed since.
    if (node.field === 'is' && word === 'stale') return nullIsFalse(sql`t.reviewed_revision < t.revision`);
    const term = termOf(this.#scope, node.field, word) as { field: string; value: string };
    return this.#exact(term.field, term.value);
  }

  #exact(field: string, value: string): Predicate {
    return this.#term(field, { text: value, quoted: true, span: { start: 0, end: 0 } });
  }

  #term(field: string, value: RawValue): Predicate {
    if (this.#scope === 'exchanges') {
      // Most of these values have no entries to look for: see isCommon.
      if (field === 'flag' && value.text === 'tool') return sql`t.tool_names <> '[]'`;
      if (field === 'flag' && value.text === 'trace') return sql`t.trace IS NOT NULL`;
      if (exchangeColumns.has(field)) return like(sql`t.${sql.ref(field)}`, likePattern(value));
    }
    const found = findTerms(this.#statements, this.#scope === 'tool_calls' ? 'traces' : this.#scope, field, value);
    if (found.length === 0) return never;
    const list = found.length > maxTerms ? termsLike(field, value) : sql.join(found.map(({ id }) => sql`${id}`));
    if (this.#scope === 'exchanges') {
      if (found.length > maxTerms)
        return sql`t.id IN (SELECT x.exchange FROM exchange_terms AS x WHERE x.term IN (${list}))`;
      return sql`EXISTS (SELECT 1 FROM exchange_terms AS x
        WHERE x.term IN (${list}) AND x.started_at = t.started_at AND x.exchange = t.id)`;
    }
    const traces = found.reduce((sum, { count }) => sum + count, 0);
    // A tool call's trace is a longer way to ask than a list row's own terms: for not too many traces a set is cheaper.
    if (found.length > maxTerms || (this.#scope === 'tool_calls' && traces <= maxTraceSet)) {
      const row = this.#scope === 'traces' ? sql`t.id` : traceOfToolCall;
      return sql`${row} IN (SELECT x.trace FROM trace_terms AS x WHERE x.term IN (${list}))`;
    }
    if (this.#scope === 'traces') {
      return sql`EXISTS (SELECT 1 FROM trace_terms AS x
        WHERE x.term IN (${list}) AND x.started_at = t.started_at AND x.trace = t.id)`;
    }
    return sql`EXISTS (SELECT 1 FROM traces AS r CROSS JOIN trace_terms AS x WHERE r.id = ${traceOfToolCall}
      AND x.term IN (${list}) AND x.started_at = r.started_at AND x.trace = r.id)`;
  }

  #toolOfCall(value: RawValue): Predicate {
    const found = findTerms(this.#statements, 'tool_calls', 'tool', value);
    if (found.length > maxTerms) return sql`t.tool IN (${termsLike('tool', value)})`;
    return found.length === 0 ? never : sql`t.tool IN (${sql.join(found.map(({ id }) => sql`${id}`))})`;
  }

  #score(node: FieldNode | RangeNode): Predicate {
    const trace = this.#scope === 'traces' ? sql`t.id` : traceOfToolCall;
    return sql`EXISTS (SELECT 1 FROM scores AS s WHERE s.trace = ${trace}
      AND (s.kind = ${node.key} OR lower(s.name) = ${node.key}) AND ${compared(node, sql`s.value`)})`;
  }

  /** A near-duplicate by what was said in it; the one that is kept of a cluster is none. `which`: of the clusters as m. */
  #duplicate(which: Predicate): Predicate {
    const trace = this.#scope === 'traces' ? sql`t.id` : traceOfToolCall;
    return sql`EXISTS (SELECT 1 FROM near_members AS m WHERE m.level = 'trajectory' AND m.trace = ${trace}
      AND m.kept_trace <> m.trace AND ${which})`;
  }

  #id(node: FieldNode): Predicate {
    const { text } = node.value;
    if (this.#scope === 'tool_calls' && node.field === 'id') {
      const key = lineageKey('tool_call', text);
      return sql`t.id IN (SELECT l.tool_call FROM lineage AS l WHERE l.key = ${key} AND l.tool_call IS NOT NULL)`;
    }
    if (node.field === 'duplicate_of' && text.toLowerCase() === 'none') return sql`NOT ${this.#duplicate(always)}`;
    if (this.#scope === 'traces' && node.field !== 'id' && text.toLowerCase() === 'none') {
      return sql`t.${sql.ref(node.field)} IS NULL`;
    }
    const uid = uidOrNull(text);
    if (uid === null) return never;
    if (node.field === 'id') return sql`t.uid = ${uid}`;
    if (node.field === 'call') {
      const call = this.#statements.get(sqlBuilder.selectFrom('calls').select('id').where('uid', '=', uid));
      if (!call) return never;
      return this.#scope === 'exchanges' ? sql`t.id = ${call.id}` : sql`t.call = ${call.id}`;
    }
    const trace = this.#statements.get(sqlBuilder.selectFrom('traces').select('id').where('uid', '=', uid));
    if (!trace) return never;
    if (node.field === 'duplicate_of') return this.#duplicate(sql`m.kept_trace = ${trace.id}`);
    if (this.#scope === 'traces') return nullIsFalse(sql`t.${sql.ref(node.field)} = ${trace.id}`);
    if (this.#scope === 'exchanges') return nullIsFalse(sql`t.trace = ${trace.id}`);
    const { first, last } = rowsOf(trace.id);
    return sql`t.id BETWEEN ${first} AND ${last}`;
  }
}

/** Of a tool call its own state; of an exchange what of its effects was claimed. */
function effectCondition(scope: QueryScope, word: string): Predicate {
  if (scope === 'tool_calls') {
    return word === 'joined'
      ? nullIsFalse(sql`t.effect_state IN ('joined', 'altered')`)
      : nullIsFalse(sql`t.effect_state = ${word}`);
  }
  const claimed = word === 'joined' ? sql`e.tool_call IS NOT NULL` : sql`e.tool_call IS NULL`;
  return sql`EXISTS (SELECT 1 FROM effects AS e WHERE e.exchange = t.id AND ${claimed})`;
}

function termsLike(field: string, value: RawValue): RawBuilder<unknown> {
  return sql`SELECT n.id FROM terms AS n WHERE n.field = ${field} AND ${like(sql`n.folded`, likePattern(value))}`;
}
