/** One thing that was said or done, as a model is shown it. */
export interface Reducible {
  /** From 1; what is left out keeps its number. */
  number: number;
  by: string;
  text: string;
}

/** What was left out of something long to make it fit, by numbers. */
export interface Reduction {
  rule: string;
  steps: number;
  /** How many are shown as they are. */
  whole: number;
  cut: number[];
  /** From and to. */
  left_out: [number, number][];
  chars: number;
  chars_before: number;
}

/** Grows with every change of how long traces are reduced. */
const reductionRule = 'ends-and-edges-1';

/** Of a step that is shortened a second time, to make room. */
const shortChars = 400;
/** Of a step that is cut, what stands first; the rest is its end. */
const headShare = 0.7;

export interface Reduced<Step extends Reducible> {
  steps: (Step & { cut: boolean })[];
  reduction: Reduction;
}

/**
 * Makes a long trace fit, always in the same way: a step longer than `step_chars` keeps its beginning and its end; where that is
 * not enough, answers of tools are cut to 400 characters, oldest first, the last three steps of all excepted; where that is not
 * enough, steps are left out from the middle outwards, the task and the last steps stay longest. What was left out is named.
 */
export function reduce<Step extends Reducible>(
  steps: readonly Step[],
  { most_chars, step_chars }: { most_chars: number; step_chars: number },
): Reduced<Step> {
  const lengths = steps.map(({ text }) => Math.min(text.length, step_chars));
  let total = lengths.reduce((sum, each) => sum + each, 0);
  const keptEnd = Math.max(0, steps.length - 3);
  for (const [index, { by }] of steps.entries()) {
    const length = lengths[index] as number;
    if (total <= most_chars) break;
    if (by !== 'tool' || index >= keptEnd || length <= shortChars) continue;
    total -= length - shortChars;
    lengths[index] = shortChars;
  }
  const out = new Set<number>();
  for (const index of middleOut(steps.length)) {
    if (total <= most_chars || steps.length - out.size <= 1) break;
    out.add(index);
    total -= lengths[index] as number;
  }
  const shown = steps.flatMap((step, index) => {
    if (out.has(index)) return [];
    // The one step that is left may alone be too long.
    const most = Math.min(lengths[index] as number, most_chars);
    const cut = step.text.length > most;
    return [{ ...step, text: cut ? shortened(step.text, most) : step.text, cut }];
  });
  return {
    steps: shown,
    reduction: {
      rule: reductionRule,
      steps: steps.length,
      whole: shown.filter(({ cut }) => !cut).length,
      cut: shown.filter(({ cut }) => cut).map(({ number }) => number),
      left_out: ranges([...out].map((index) => (steps[index] as Step).number)),
      chars: shown.reduce((sum, { text }) => sum + text.length, 0),
      chars_before: steps.reduce((sum, { text }) => sum + text.length, 0),
    },
  };
}

/** Indexes from the middle to the ends; the first is the last of all. */
function middleOut(length: number): number[] {
  const middle = (length - 1) / 2;
  return Array.from({ length }, (_, index) => index).sort(
    (a, b) => Math.abs(a - middle) - Math.abs(b - middle) || b - a,
  );
}

function shortened(text: string, most: number): string {
  const gone = text.length - most;
  const head = Math.ceil(most * headShare);
  return `${text.slice(0, head)}\n[… ${gone} characters left out …]\n${text.slice(text.length - (most - head))}`;
}

function ranges(numbers: number[]): [number, number][] {
  const found: [number, number][] = [];
  for (const number of numbers.sort((a, b) => a - b)) {
    const last = found.at(-1);
    if (last !== undefined && last[1] === number - 1) last[1] = number;
    else found.push([number, number]);
  }
  return found;
}

/** What was left out and cut, as the model is told it; empty where all was shown. */
export function reductionWords({ steps, cut, left_out }: Reduction): string {
  const words: string[] = [];
  if (left_out.length > 0) {
    const named = left_out.map(([from, to]) => (from === to ? `${from}` : `${from} to ${to}`)).join(', ');
    words.push(`Of ${steps} steps these are left out to save space: ${named}. Say nothing of what they might hold.`);
  }
  if (cut.length > 0) words.push(`Shortened, as marked in them: steps ${cut.join(', ')}.`);
  return words.join(' ');
}
