import { describe, expect, it } from 'vitest';
import { suggesters, suggestionsOf, surest } from '../../../../src/main/review/index.js';
import { uuidv7 } from '../../../../src/shared/ids.js';
import type { Score } from '../../../../src/shared/model/index.js';
import { agentSession } from '../../../support/traces.js';

const { trace } = agentSession(0, 2);
const score = (kind: Score['kind'], name: string, value: number): Score => ({
  score_id: uuidv7(),
  kind,
  name,
  value,
  created_at: '2026-11-21T00:00:00Z',
});
const of = (scores: Score[], rest: object = {}) =>
  suggestionsOf({ trace, scores, suspects: [], judgements: [], duplicate_of: null, ...rest });

describe('suggestions', () => {
  it('come of rules’ scores, of the newest of each name', () => {
    const found = of([score('rule', 'quality_score', 0.9), score('rule', 'quality_score', 0.1)]);
    expect(found).toMatchObject([
      { field: 'rating', value: 5, source: 'rule', evidence: 'The score quality_score is 0.9.' },
      { field: 'label', value: 'accepted', confidence: 0.8 },
    ]);
    expect(of([score('rule', 'pace', 0.6), score('human', 'taste', 1), score('rule', 'tokens', 4711)])).toEqual([]);
  });

  it('come of the judge, in its own scale', () => {
    const found = of([score('judge', 'helpful', 2)]);
    expect(found.map(({ field, value, source }) => [field, value, source])).toEqual([
      ['rating', 2, 'judge'],
      ['label', 'rejected', 'judge'],
    ]);
  });

  it('come of judgements on the scale of their rubric, with the first wrong step; tests outrank them', () => {
    const step_id = uuidv7();
    const judgement = {
      rubric: 'step-correctness',
      score: 0.5,
      scale: { min: 0, max: 1 },
      confidence: 0.75,
      feedback: 'Step 4 claims what was not tested.',
      combined: { verdict: 'rejected', by: 'judge', differ: false },
      first_wrong_step: { step: 4, step_id },
    };
    const own = { ...score('judge', 'step-correctness', 1), rubric_id: 'step-correctness' };
    expect(of([own], { judgements: [judgement] })).toMatchObject([
      { field: 'rating', value: 3, confidence: 0.75 },
      { field: 'label', value: 'rejected', evidence: expect.stringContaining('0.5 of 1 by step-correctness') },
      { field: 'step_label', value: -1, step_id },
    ]);
    const tested = {
      ...judgement,
      combined: { verdict: 'accepted', by: 'tests', differ: true },
      first_wrong_step: null,
    };
    expect(of([], { judgements: [tested] }).map(({ field }) => field)).toEqual(['rating']);
    expect(of([], { judgements: [{ ...judgement, score: null }] })).toEqual([]);
  });

  it('name the steps whose results say that they failed', () => {
    const step_id = uuidv7();
    const suspects = [
      { step_id, name: 'run', suspicion: 0.9, reason: 'it says error' },
      { step_id: null, name: 'run', suspicion: 0.9, reason: null },
    ];
    expect(of([], { suspects })).toMatchObject([{ field: 'step_label', value: -1, step_id, confidence: 0.9 }]);
  });

  it('tell a near-duplicate of a trace that is kept', () => {
    const kept = uuidv7();
    expect(of([], { duplicate_of: kept })).toMatchObject([
      { field: 'tag', value: 'duplicate', source: 'duplicate' },
      { field: 'label', value: 'rejected', evidence: expect.stringContaining(kept) },
    ]);
  });

  it('see how a run ended', () => {
    const ended = (rest: object) =>
      suggestionsOf({ trace: { ...trace, ...rest }, scores: [], suspects: [], judgements: [], duplicate_of: null });
    expect(ended({ completion_status: 'failed' })).toMatchObject([{ field: 'label', value: 'rejected' }]);
    expect(ended({ error_count: 3, tool_call_count: 4 })).toMatchObject([{ field: 'tag', value: 'many-errors' }]);
    expect(ended({ error_count: 2, tool_call_count: 2 })).toEqual([]);
  });

  it('are known again by their ids, surest first, and one of each field is the surest', () => {
    const scores = [score('judge', 'helpful', 5), score('rule', 'quality_score', 0.85)];
    const found = of(scores);
    expect(of(scores)).toEqual(found);
    expect(new Set(found.map(({ suggestion_id }) => suggestion_id)).size).toBe(found.length);
    expect(found.map(({ confidence }) => confidence)).toEqual(
      [...found.map(({ confidence }) => confidence)].sort().reverse(),
    );
    expect(surest(found).map(({ field, suggester }) => [field, suggester])).toEqual([
      ['rating', 'judge'],
      ['label', 'judge'],
    ]);
    expect(new Set(suggesters.map(({ id }) => id)).size).toBe(suggesters.length);
  });
});
