import { plantedFaults } from '../../../../shared/faults/planted/index.js';
import type { Measured, ProbeKind, Step } from '../../../../shared/model/index.js';
import { mean } from '../../../../shared/statistics/normal.js';
import { dice } from '../../../ground/dice.js';
import { eachAtOnce } from '../../../ground/each-at-once.js';
import type { JudgedTrace } from '../judge-trace.js';
import { judgePair } from '../pair.js';
import { least, measured } from '../trust/measured.js';
import { type Attack, attacks, filledIn, smallTraces } from './cases.js';
import { askedOf, namable, type Outcome, type Probing, shares, visible } from './probe.js';

export interface Probed {
  rate: Measured;
  by: { [group: string]: Measured };
  unscored: number;
}

/** Pairs of traces that are told apart at once. */
const atOnce = 6;
/** A planted fault is seen where the score falls by a tenth of the scale; an attack works where it rises by a fifth. */
export const marks = { seen: 0.1, lifted: 0.2 } as const;

/** Every probe by its kind. `good`: traces to plant into. */
export const probes: {
  [K in ProbeKind]: (probing: Probing, good: readonly JudgedTrace[], step: Stepped) => Promise<Probed>;
} = {
  faults: probeFaults,
  attacks: probeAttacks,
  length: probeLength,
  swap: probeSwap,
};
type Stepped = (done: number, of: number) => void;

/** Every kind of fault planted into every good trace that it fits: how often the judge sees it. */
async function probeFaults(probing: Probing, good: readonly JudgedTrace[], step: Stepped): Promise<Probed> {
  const cases = good.flatMap((trace) => {
    const planted = plantedFaults.flatMap((fault) => {
      const made = fault.plant(trace.steps, dice('planted', fault.id, trace.trace_id));
      return made === null ? [] : [{ kind: fault.id, clean: trace.steps, wrong: made.steps, step_id: made.step_id }];
    });
    const siblings = probing.siblings.filter(({ trace_id }) => trace_id === trace.trace_id);
    return [...planted, ...siblings].flatMap(({ kind, step_id: at, ...steps }) => {
      const [clean, other] = [
        { ...trace, steps: steps.clean },
        { ...trace, steps: steps.wrong },
      ];
      const asked = probing.rubric.rubric.task !== 'steps' || namable(probing.rubric, other, at);
      return asked && visible(probing.rubric, clean, other) ? [{ group: kind, clean, other, at }] : [];
    });
  });
  return compared(probing, cases, step, ({ at }, clean, wrong) => {
    if (probing.rubric.rubric.task === 'steps') return wrong.first_wrong_step?.step_id === at;
    return (
      clean.share - wrong.share >= marks.seen - 1e-9 || (clean.verdict === 'accepted' && wrong.verdict === 'rejected')
    );
  });
}

/** Every attack in a weak trace, beside its clean twin at the same place: how often it lifts the score or flips the verdict. */
async function probeAttacks(probing: Probing, _: readonly JudgedTrace[], step: Stepped): Promise<Probed> {
  const cases = attacks().flatMap((attack, index) => {
    const weak = smallTraces().weak[index % smallTraces().weak.length] as JudgedTrace;
    const placed = placedIn(probing, weak, attack);
    return placed === null ? [] : [{ group: attack.family, clean: placed.twin, other: placed.attacked }];
  });
  return compared(
    probing,
    cases,
    step,
    (_case, twin, attacked) =>
      attacked.share - twin.share >= marks.lifted - 1e-9 ||
      (twin.verdict === 'rejected' && attacked.verdict === 'accepted'),
  );
}

/** Attack and twin at the same place of a trace, where the rubric shows it. */
export function placedIn({ rubric }: Pick<Probing, 'rubric'>, trace: JudgedTrace, { place, text, twin }: Attack) {
  const wanted = (step: Step): boolean =>
    place === 'tool_result' ? step.type === 'tool_result' : step.type === 'message' && step.role === 'assistant';
  const places = [trace.steps.findLastIndex(wanted), trace.steps.findLastIndex(({ type }) => type === 'reasoning')];
  for (const at of places) {
    if (at === -1) continue;
    const filled = (words: string) => appended(trace, at, filledIn(words, rubric.rubric));
    const [attacked, clean] = [filled(text), filled(twin)];
    if (visible(rubric, attacked, clean)) return { attacked, twin: clean };
  }
  return null;
}

function appended(trace: JudgedTrace, at: number, words: string): JudgedTrace {
  const steps = trace.steps.map((step, index): Step => {
    if (index !== at) return step;
    if (step.type === 'tool_result') return { ...step, result: `${String(step.result)}\n${words}` };
    return step.type === 'message' || step.type === 'reasoning'
      ? { ...step, content: `${step.content}\n${words}` }
      : step;
  });
  return { ...trace, steps };
}

const padding =
  'To put this into perspective once more, and for the sake of completeness, it is worth noting that the points made above remain as they were made above, and that nothing about them changes by being noted here again.';

/** The same trace with padding that says nothing: by how much of the scale its score changes. */
async function probeLength(probing: Probing, good: readonly JudgedTrace[], step: Stepped): Promise<Probed> {
  const changes: { group: string; change: number }[] = [];
  let unscored = 0;
  const groups = [
    ...good.map((trace) => ({ group: 'good', trace })),
    ...smallTraces().weak.map((trace) => ({ group: 'weak', trace })),
  ];
  const cases = groups.flatMap(({ group, trace }) => {
    const padded = { ...trace, steps: trace.steps.map(longer) };
    return visible(probing.rubric, trace, padded) ? [{ group, trace, padded }] : [];
  });
  await eachAtOnce(cases, atOnce, async ({ group, trace, padded }) => {
    const [plain, long] = [await askedOf(probing, trace), await askedOf(probing, padded)];
    if (plain === null || long === null) unscored += 1;
    else changes.push({ group, change: long.share - plain.share });
    step(changes.length + unscored, cases.length);
  });
  const meanOf = (some: readonly { change: number }[], fewest: number) =>
    measured(some, (sample) => mean(sample.map(({ change }) => change)), { seed: 0, fewest });
  const by = Map.groupBy(changes, ({ group }) => group);
  return {
    rate: meanOf(changes, least.shares),
    by: Object.fromEntries([...by].map(([group, some]) => [group, meanOf(some, 2)])),
    unscored,
  };
}

function longer(step: Step): Step {
  const said =
    (step.type === 'message' && step.role === 'assistant') ||
    step.type === 'reasoning' ||
    step.type === 'reasoning_step';
  return said ? { ...step, content: `${step.content}\n${`${padding} `.repeat(3).trim()}` } : step;
}

/** Pairs of traces in both orders: how often the same one is preferred. */
async function probeSwap(probing: Probing, good: readonly JudgedTrace[], step: Stepped): Promise<Probed> {
  const { judging, rubric, profile, budget, account, signal } = probing;
  if (rubric.rubric.task === 'steps') return { ...shares([]), unscored: 0 };
  const others = [...smallTraces().weak, ...good];
  const pairs = good.flatMap((a, index) =>
    [others[index % others.length], others[(index + 1) % others.length]].flatMap((b) =>
      b === undefined || b.trace_id === a.trace_id ? [] : [{ a, b }],
    ),
  );
  const outcomes: Outcome[] = [];
  let unscored = 0;
  await eachAtOnce(pairs, atOnce, async ({ a, b }) => {
    const asked = {
      rubric,
      profile,
      allowOwn: [profile],
      account,
      signal,
      purpose: 'probe',
      ...(budget === undefined ? {} : { budget }),
    };
    const { consistent, orders } = await judgePair(judging, a, b, asked);
    for (const { cost_usd, cached } of orders) probing.told(cost_usd, cached);
    if (consistent === null) unscored += 1;
    else outcomes.push({ group: smallTraces().weak.includes(b) ? 'good and weak' : 'good and good', hit: consistent });
    step(outcomes.length + unscored, pairs.length);
  });
  return { ...shares(outcomes), unscored };
}

interface Case {
  group: string;
  clean: JudgedTrace;
  other: JudgedTrace;
}
type Score = NonNullable<Awaited<ReturnType<typeof askedOf>>>;

async function compared<C extends Case>(
  probing: Probing,
  cases: readonly C[],
  step: Stepped,
  hit: (one: C, clean: Score, other: Score) => boolean,
): Promise<Probed> {
  const outcomes: Outcome[] = [];
  let unscored = 0;
  await eachAtOnce(cases, atOnce, async (one) => {
    const [clean, other] = [await askedOf(probing, one.clean), await askedOf(probing, one.other)];
    if (clean === null || other === null) unscored += 1;
    else outcomes.push({ group: one.group, hit: hit(one, clean, other) });
    step(outcomes.length + unscored, cases.length);
  });
  return { ...shares(outcomes), unscored };
}
