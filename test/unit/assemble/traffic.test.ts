import { describe, expect, it } from 'vitest';
import { assemble } from '../../../src/main/assemble/index.js';
import { decoded } from '../../support/conversation.js';
import { memoryLineage } from '../../support/lineage.js';
import { families, pairAgreement, type TrafficOptions, traffic } from '../../support/traffic.js';

/** Threads the traffic and says how far the traces agree with the truth. */
function measure(options: TrafficOptions) {
  const lineage = memoryLineage();
  const calls: { truth: string; found: string }[] = [];
  const parents = { right: 0, found: 0, expected: 0 };
  const segmentOf = new Map<string, string>();
  const traceOf = new Map<string, string>();
  const labelled = traffic(options);
  for (const { exchange, truth, parent } of labelled) {
    const assembled = assemble(decoded(exchange), lineage);
    lineage.save(assembled);
    const call = assembled.call;
    if (call === null) throw new Error(`not decoded: ${assembled.decoded.decode_error?.message}`);
    // A compacted history opens a segment of its own, linked to the one before: both are the same session.
    const before = call.new_trace?.predecessor_trace_id ?? null;
    if (before !== null) segmentOf.set(call.trace_id, segmentOf.get(before) ?? before);
    calls.push({ truth, found: segmentOf.get(call.trace_id) ?? call.trace_id });
    if (call.new_trace !== null) {
      if (call.new_trace.parent_trace_id !== null) {
        parents.found++;
        if (parent !== undefined && traceOf.get(parent) === call.new_trace.parent_trace_id) parents.right++;
      }
      traceOf.set(truth, call.trace_id);
    }
  }
  parents.expected = new Set(labelled.filter((item) => item.parent !== undefined).map((item) => item.truth)).size;
  const tools = lineage.tools();
  return {
    ...pairAgreement(calls),
    calls: calls.length,
    traces: new Set(calls.map((call) => call.found)).size,
    parents,
    pending: tools.filter((t) => t.status === 'pending').length,
    tools: tools.length,
  };
}

describe('threading against known truth', () => {
  for (const family of families) {
    for (const [name, variant] of [
      ['with session headers', { headers: true }],
      ['without headers', { headers: false }],
      ['without headers, over pooled connections', { headers: false, pooled: true }],
    ] as const) {
      it(`${family}, ${name}`, () => {
        const result = measure({ family, sessions: 30, seed: 7, ...variant });
        // Over pooled connections nothing tells the first, failed attempts of agents with equal openings apart.
        const floor = variant.headers ? 0.99 : family === 'retries' && 'pooled' in variant ? 0.95 : 0.97;
        expect(result.f1).toBeGreaterThanOrEqual(floor);
        expect(result.parents).toEqual({
          found: result.parents.expected,
          right: result.parents.expected,
          expected: result.parents.expected,
        });
        expect(result.pending).toBe(0);
      });
    }
  }
});
