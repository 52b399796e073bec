import { type JsonObject, plainText, textOf } from './fields.js';

/** Pairs of answers and steps that are compared at most; a longer run is compared in turn. */
const mostPairs = 4_000_000;

/**
 * Place of the step that tells of each answer; -1 where none does. Answers that were asked for again have no step and some
 * steps no answer, so neither numbers nor counts tell it: of all ways to lay both beside each other in their order it is
 * the one in which most actions and words agree.
 */
export function stepsOf(answers: readonly JsonObject[], steps: readonly JsonObject[]): number[] {
  const likeness = answers.map((answer) => likenessTo(answer));
  if (answers.length * steps.length > mostPairs) return inTurn(likeness, steps);
  const width = steps.length + 1;
  const best = new Int32Array((answers.length + 1) * width);
  for (let answer = answers.length - 1; answer >= 0; answer--) {
    for (let step = steps.length - 1; step >= 0; step--) {
      const alike = likeness[answer]?.(steps[step] as JsonObject) ?? 0;
      const both = alike === 0 ? 0 : alike + (best[(answer + 1) * width + step + 1] as number);
      const others = Math.max(best[(answer + 1) * width + step] as number, best[answer * width + step + 1] as number);
      best[answer * width + step] = Math.max(both, others);
    }
  }
  const found: number[] = answers.map(() => -1);
  // Nothing agrees although there is one step for each answer: the one is a rendering of the other.
  if (best[0] === 0) return answers.length === steps.length ? answers.map((_, index) => index) : found;
  for (let answer = 0, step = 0; answer < answers.length && step < steps.length; ) {
    const here = best[answer * width + step];
    // The last of several answers of which one has a step: those before it were asked for again.
    if (here === best[(answer + 1) * width + step]) answer += 1;
    else if (here === best[answer * width + step + 1]) step += 1;
    else {
      found[answer] = step;
      answer += 1;
      step += 1;
    }
  }
  return found;
}

function inTurn(likeness: readonly ((step: JsonObject) => number)[], steps: readonly JsonObject[]): number[] {
  let next = 0;
  return likeness.map((alike) => {
    const step = steps[next];
    return step !== undefined && alike(step) > 0 ? next++ : -1;
  });
}

/** How much a step says of what an answer says: 0 where it says something else. */
function likenessTo(answer: JsonObject): (step: JsonObject) => number {
  const act = textOf(answer['action'])?.trim();
  const words = plainText(answer['content']).trim();
  return (step) => {
    const action = textOf(step['action'])?.trim();
    const response = textOf(step['response'])?.trim();
    if (act !== undefined && action !== undefined && act !== action) return 0;
    const acts = act !== undefined && action !== undefined;
    if (response !== undefined && response === words) return acts ? 4 : 3;
    if (acts) return 2;
    // A step that holds neither may be anyone's.
    return response === undefined ? 1 : 0;
  };
}
