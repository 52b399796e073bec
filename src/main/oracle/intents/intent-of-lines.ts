import { goldTraceSchema } from '../../../shared/model/gold-trace.js';
import type { IntentMapping } from '../../../shared/model/oracle-intent.js';
import { parseJson } from '../../ground/json.js';
import type { Domain } from '../domains/domain.js';
import { intentOf } from './intent.js';
import { type Lexicons, lexiconsOf } from './lexicon.js';

/** What was found of requests whose answer is known, by what of it: how many, and how many of them are right. */
export interface Accuracy {
  asked: number;
  unknown: number;
  right: {
    domain: number;
    intent: number;
    intent_category: number;
    rows_requested: number;
    sensitivity_tier: number;
    tools: number;
  };
}

/** Maps lines, gold traces in JSON or requests in plain text; counts how often it is right where the line tells. */
export function intentMapper(domains: readonly Domain[]) {
  const lexicons: Lexicons = lexiconsOf(domains);
  const accuracy: Accuracy = {
    asked: 0,
    unknown: 0,
    right: { domain: 0, intent: 0, intent_category: 0, rows_requested: 0, sensitivity_tier: 0, tools: 0 },
  };
  return {
    accuracy,
    /** Null of an empty line. */
    map(line: string): { trace_id: string | null; text: string; intent: IntentMapping } | null {
      if (line.trim() === '') return null;
      const value = parseJson(line);
      const gold = goldTraceSchema.safeParse(value);
      const text = gold.success ? gold.data.request.text : textIn(value, line);
      const intent = intentOf(lexicons, { text });
      if (gold.success) count(accuracy, intent, gold.data);
      return { trace_id: gold.success ? gold.data.trace_id : null, text, intent };
    },
  };
}

/** `{text}`, `{prompt}`, a JSON string, or the line itself. */
function textIn(value: unknown, line: string): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return line;
  const { text, prompt } = value as { text?: unknown; prompt?: unknown };
  return typeof text === 'string' ? text : typeof prompt === 'string' ? prompt : line;
}

function count(accuracy: Accuracy, mapping: IntentMapping, { request, graph }: typeof goldTraceSchema._output): void {
  accuracy.asked += 1;
  if (mapping.unknown !== null) {
    accuracy.unknown += 1;
    return;
  }
  const { right } = accuracy;
  const { rows_requested: rows, all_that_fit, sensitivity_tier: tier } = mapping.expected_scope;
  // "All that fit" is a number only once it was looked up: what was asked for tells.
  const all = (request.asks ?? []).some(
    ({ tool_id, rows: asked }) =>
      asked === null && graph.calls.some((call) => call.tool_id === tool_id && call.scope.rows_requested > 0),
  );
  const used = new Set(graph.calls.map(({ tool_id }) => tool_id));
  if (graph.calls[0]?.tool_id.split('.')[0] === mapping.domain) right.domain += 1;
  if (request.intent === mapping.intent) right.intent += 1;
  if (request.intent_category === mapping.intent_category) right.intent_category += 1;
  if (all ? all_that_fit : rows === request.expected_scope.rows_requested) right.rows_requested += 1;
  if (request.expected_scope.sensitivity_tier === tier) right.sensitivity_tier += 1;
  if (used.size === mapping.tools.length && mapping.tools.every((id) => used.has(id))) right.tools += 1;
}
