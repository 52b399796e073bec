import { describe, expect, it } from 'vitest';
import { judgeTraining } from '../../../../src/main/dataset/packages/judge-training.js';
import type { Judgement } from '../../../../src/shared/model/index.js';
import { agentSession, sessionSource, testId } from '../../../support/traces.js';

const review = (label: 'accepted' | 'rejected' | null) => ({
  trace_id: testId(1, 1),
  label,
  rating: null,
  tags: [],
  note: '',
  updated_at: null,
});
const judgement = {
  judgement_id: testId(4, 1),
  model: 'j-1',
  score: 4,
  verdict: 'accepted',
  dimensions: { plan: 4 },
  feedback: 'Sound.',
  evidence: [
    { step: 1, quote: 'the cache', dimension: 'plan', step_id: null, found: true },
    { step: 1, quote: 'made up', dimension: 'plan', step_id: null, found: false },
  ],
  first_wrong_step: null,
  created_at: '2026-11-21T10:00:00.000Z',
} as unknown as Judgement;
const body = JSON.stringify({
  model: 'j-1',
  messages: [
    { role: 'system', content: 'Judge.' },
    { role: 'user', content: 'The trace.' },
  ],
});

function taken(
  label: 'accepted' | 'rejected' | null,
  verdicts: { judgement: Judgement; sent: { profile: string; sample: number; body: string }[] }[],
) {
  const session = agentSession(0, 1, { review: review(label) });
  return [...judgeTraining.examples(session.trace, { ...sessionSource([session]), verdicts: () => verdicts })];
}
const sent = [{ profile: 'p', sample: 0, body }];

describe('judge-training', () => {
  it('gives the prompt, the verdict without quotes that nobody wrote, and whether people agreed', () => {
    for (const label of ['accepted', 'rejected'] as const) {
      const [item] = taken(label, [{ judgement, sent }]);
      const example = item !== undefined && 'example' in item ? item.example : null;
      expect(example?.messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant']);
      expect(example).toMatchObject({ expected: 2, label: label === 'accepted', call: { call_id: testId(4, 1) } });
      const [part] = example?.messages.at(-1)?.parts ?? [];
      expect(JSON.parse((part as { text: string }).text)).toEqual({
        dimensions: { plan: 4 },
        feedback: 'Sound.',
        evidence: [{ step: 1, quote: 'the cache', dimension: 'plan' }],
      });
    }
  });

  it('says why a trace gives none', () => {
    expect(taken(null, [{ judgement, sent }])).toEqual([{ skipped: 'nobody accepted or rejected it' }]);
    expect(taken('accepted', [])).toEqual([{ skipped: 'no judge judged it' }]);
    expect(taken('accepted', [{ judgement: { ...judgement, score: null }, sent }])).toEqual([
      { skipped: 'the judge gave no score' },
    ]);
    expect(taken('accepted', [{ judgement, sent: [] }])).toEqual([{ skipped: 'what the judge was sent is not kept' }]);
  });
});
