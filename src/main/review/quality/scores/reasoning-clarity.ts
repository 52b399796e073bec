import { explained } from '../explained.js';
import { counted, mean, type TraceRule } from '../rule.js';

/** How well decisions are explained, by a judge where one looked, else by what is said before each. */
export const reasoningClarity: TraceRule = {
  id: 'reasoning_clarity',
  title: 'Reasoning clarity',
  description: 'Mean over decisions: 1 with a reason or what it acts on named, 0.5 with words only, 0 without.',
  weight: 1,
  of({ trace, decisions }) {
    const judged = trace.qa_results?.reasoning_score;
    if (typeof judged === 'number' && judged >= 0 && judged <= 5) {
      return { value: judged / 5, evidence: `a judge gave its reasoning ${judged} of 5` };
    }
    if (decisions.length === 0) return { reason: 'It holds no decision.' };
    const hidden = trace.steps.some((step) => step.type === 'reasoning' && step.encrypted === true);
    if (hidden && decisions.every(({ reasoning }) => (reasoning ?? '').trim() === ''))
      return { reason: 'Its reasoning was encrypted by the provider.' };
    const calls = new Map(trace.tool_calls.map((call) => [`${call.call_id} ${call.tool_call_id}`, call]));
    const each = decisions.map((decision) => {
      const its = decision.tool_call_ids.flatMap((id) => calls.get(`${decision.call_id} ${id}`) ?? []);
      return {
        value: explained(
          decision,
          its.map((call) => call.arguments),
        ),
        step: its[0]?.step_id ?? null,
      };
    });
    const clear = each.filter(({ value }) => value === 1).length;
    const mute = each.filter(({ value }) => value === 0);
    return {
      value: mean(each.map(({ value }) => value)),
      evidence: `${clear} of ${counted(each.length, 'decision')} explained, ${mute.length} without a word`,
      steps: mute.map(({ step }) => step),
    };
  },
};
