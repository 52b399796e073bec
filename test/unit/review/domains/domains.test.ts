import { describe, expect, it } from 'vitest';
import { domainOf } from '../../../../src/main/review/domains/index.js';
import type { Json, Step, ToolCall, Trace } from '../../../../src/shared/model/index.js';
import { testId, testTrace } from '../../../support/traces.js';

function trace(words: string, tools: { name: string; arguments: Json }[] = [], fields: Partial<Trace> = {}): Trace {
  const step: Step = {
    step_id: testId(6, 1),
    seq: 1,
    timestamp: '2026-11-21T09:30:00.000Z',
    type: 'message',
    role: 'user',
    content: words,
  };
  return testTrace({
    trace_id: testId(1, 1),
    steps: [step],
    tool_calls: tools.map(
      (tool, index): ToolCall => ({
        ...tool,
        tool_call_id: `c${index}`,
        trace_id: testId(1, 1),
        call_id: null,
        step_id: null,
        result: null,
        status: 'ok',
        timestamp: '2026-11-21T09:30:00.000Z',
        duration_ms: null,
        metadata: {},
      }),
    ),
    ...fields,
  });
}

describe('the field of work of a trace', () => {
  it('is told by tools, hosts and words together, with what it rests on', () => {
    const of = trace('Summarise the clinical trial: dosage, symptoms, and any adverse event per patient.', [
      { name: 'fetch_page', arguments: { url: 'https://www.clinicaltrials.gov/study/1' } },
      { name: 'fhirSearch', arguments: {} },
    ]);
    const found = domainOf(of);
    expect(found?.domain).toBe('healthcare');
    expect(found?.evidence).toEqual(
      expect.arrayContaining(['tool fhirSearch', 'host clinicaltrials.gov', 'word dosage', 'word clinical trial']),
    );
  });

  it('is nothing where little or several speak', () => {
    expect(domainOf(trace('What time is it?'))).toBeNull();
    expect(domainOf(trace('The patient asked.'))).toBeNull();
    const both = 'plaintiff defendant jurisdiction attorney statute diagnosis symptom dosage nurse therapy';
    expect(domainOf(trace(both))).toBeNull();
  });

  it('does not find words within words', () => {
    expect(domainOf(trace('impatience, understatutes, reallegation: none is a word of law or medicine.'))).toBeNull();
  });

  it('is what a person says it is', () => {
    const words = 'plaintiff defendant jurisdiction attorney statute';
    expect(domainOf(trace(words))?.domain).toBe('legal');
    expect(domainOf(trace(words, [], { metadata: { domain: 'Insurance ' } }))).toEqual({
      domain: 'insurance',
      evidence: ['said by a person'],
    });
  });
});
