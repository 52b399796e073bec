import { describe, expect, it } from 'vitest';
import { createRedactor, defaultPolicy } from '../../../src/main/redact/index.js';
import { validateTrace } from '../../../src/main/validate/index.js';
import { validateTraceValue } from '../../../src/main/validate/trace.js';
import { uuidv7 } from '../../../src/shared/ids.js';
import { type Trace, toIso } from '../../../src/shared/model/index.js';
import { families, traffic } from '../../support/traffic.js';
import { store } from '../store/support.js';

const redactor = createRedactor({ policy: defaultPolicy, key: new Uint8Array(32).fill(5) });

/** What the pipeline made of traffic is in order, whatever the agents did. */
describe('stored traces are valid', () => {
  it.each(families)('%s', (family) => {
    const { take, reader } = store();
    const ids = new Set<string>();
    for (const { exchange } of traffic({ family, sessions: 6, seed: 11, headers: true })) {
      const { call } = take(exchange);
      if (call !== null) ids.add(call.trace_id);
    }
    expect(ids.size).toBeGreaterThan(0);
    const faults = [...ids].flatMap((id) => {
      const trace = reader.trace(id);
      if (trace === null) throw new Error(`no trace ${id}`);
      return validateTrace(trace, (text) => redactor.text(text).findings).errors;
    });
    expect(faults.slice(0, 5)).toEqual([]);
  });

  it('as files of the first version have them', () => {
    const { take, reader } = store();
    const [first] = traffic({ family: families[0], sessions: 1, seed: 3, headers: true });
    const trace_id = (first && take(first.exchange).call?.trace_id) ?? '';
    const { revision: _, ...trace } = reader.trace(trace_id) as Trace;
    expect(validateTraceValue({ ...trace, qa_results: [] }).errors).toEqual([]);
    expect(validateTraceValue({ ...trace, qa_results: [{ tests_passed: true }] }).errors).toEqual([]);
    expect(validateTraceValue({ ...trace, qa_results: ['passed'] }).errors).not.toEqual([]);
  });

  it('when the call that began first ends last', () => {
    const { take, reader } = store();
    const [first] = traffic({ family: families[0], sessions: 1, seed: 3, headers: true });
    if (first === undefined) throw new Error('no traffic');
    const { exchange } = first;
    const early = { ...exchange, exchange_id: uuidv7(), started_at: exchange.started_at - 5_000_000 };
    const trace_id = take(exchange).call?.trace_id ?? '';
    expect(take({ ...early, ended_at: exchange.ended_at + 1 }).call?.trace_id).toBe(trace_id);
    const trace = reader.trace(trace_id);
    expect(trace?.started_at).toBe(toIso(early.started_at));
    expect(trace && validateTrace(trace).errors).toEqual([]);
    expect(reader.traces({ query: 'kind:agent', limit: 9, cursor: null }).items).toHaveLength(1);
  });
});
