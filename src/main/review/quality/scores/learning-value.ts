import type { Action } from '../facts.js';
import { mean, type TraceRule } from '../rule.js';

/** From here on more of it teaches no more. */
const deepEnough = 8;
const variedEnough = 4;

/** How much there is to learn: depth, variety, words on decisions, and failures that were overcome. */
export const learningValue: TraceRule = {
  id: 'learning_value',
  title: 'Learning value',
  description:
    'Mean of depth, variety of tools, share of explained decisions and, where something failed, share of recoveries.',
  weight: 0.5,
  of({ actions, own, decisions }) {
    if (own.length === 0) return { reason: 'The agent neither says nor does anything in it.' };
    const tools = new Set(actions.map(({ name }) => name)).size;
    const worded = decisions.filter(({ reasoning }) => (reasoning ?? '').trim() !== '').length;
    const failures = actions.filter(failed);
    const recovered = failures.filter((failure) => isRecovered(failure, actions)).length;
    const parts: [label: string, value: number][] = [
      [`${actions.length} actions`, Math.min(1, actions.length / deepEnough)],
      [`${tools} different tools`, Math.min(1, tools / variedEnough)],
      ...(decisions.length === 0
        ? []
        : [[`${worded} of ${decisions.length} decisions with words`, worded / decisions.length] as [string, number]]),
      ...(failures.length === 0
        ? []
        : [[`${recovered} of ${failures.length} failures overcome`, recovered / failures.length] as [string, number]]),
    ];
    return {
      value: mean(parts.map(([, value]) => value)),
      evidence: parts.map(([label]) => label).join(', '),
      steps: failures.map(({ step_id }) => step_id),
    };
  },
};

const failed = ({ outcome }: Action) => outcome !== null && outcome < 0.5;

/** The same tool succeeded later. */
function isRecovered(failure: Action, actions: readonly Action[]): boolean {
  return actions
    .slice(actions.indexOf(failure) + 1)
    .some(({ name, outcome }) => name === failure.name && (outcome ?? 0) >= 0.5);
}
