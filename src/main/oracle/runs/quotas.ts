import type { Quotas } from '../../../shared/model/oracle.js';
import type { OpenCatalogue } from '../catalogue.js';
import type { Domain } from '../domains/domain.js';
import { random } from '../random.js';
import type { Shape } from '../sampler/plan.js';
import { type Aim, tryPlan, type Wish, worldCount } from '../sampler/sample.js';

const wishes: readonly Wish[] = ['single', 'chain', 'dag'];
/** Tries of each intent with each wish: what comes of fewer than one in twenty is taken to be out of reach. */
const tries = 32;
const leastShare = 0.05;

/** An intent, a shape and a number of calls that a domain can give. */
export interface Cell extends Aim {
  intent: string;
  calls: number;
  /** How often it comes of an intent, whatever is wished. */
  share: number;
}

/** What a domain's intents can give, as found by trying: the same whenever it is asked. */
export function cellsOf(catalogue: Pick<OpenCatalogue, 'world'>, domain: Domain): Cell[] {
  const of = { worlds: (number: number) => catalogue.world(domain, number), worldCount };
  return Object.keys(domain.file.intents).flatMap((intent) => {
    const found = new Map<string, { shape: Shape; calls: number; by: { [wish: string]: number } }>();
    for (const wish of wishes)
      for (let number = 0; number < tries; number += 1) {
        const tried = tryPlan(domain, of, intent, [[wish, 1]], random('quotas', domain.id, intent, wish, number));
        if (tried === null) continue;
        const { shape, calls } = tried.plan;
        const key = `${shape} ${calls.length}`;
        const cell = found.get(key) ?? { shape, calls: calls.length, by: {} };
        cell.by[wish] = (cell.by[wish] ?? 0) + 1;
        found.set(key, cell);
      }
    return [...found.values()].flatMap(({ shape, calls, by }) => {
      const [wish, count] = Object.entries(by).reduce((best, each) => (each[1] > best[1] ? each : best));
      const share = count / tries;
      return share < leastShare ? [] : [{ intent, shape, calls, wish: wish as Wish, share }];
    });
  });
}

/** What quotas ask of a domain, trace by trace, and what of them it cannot give, in words. */
interface QuotaPlan {
  /** What the trace of this number is to be; by its number and the seed alone. */
  aim(number: number): Cell;
  unreachable: string[];
}

/** 1 / golden ratio: steps of it spread evenly over what there is, however many there are. */
const step = (Math.sqrt(5) - 1) / 2;

/**
 * Spreads a domain's traces over what it can give: each shape as often as its quota says, intents as evenly as these allow, and calls so that
 * their mean is what was asked for. Shapes go before intents, where not both can be kept.
 */
export function planOf(
  domain: Domain,
  cells: readonly Cell[],
  { shapes, calls_per_trace }: Quotas,
  seed: number,
): QuotaPlan {
  const unreachable: string[] = [];
  const wanted = Object.entries(shapes ?? {}).filter(([, share]) => share > 0);
  const reached = wanted.filter(([shape]) => cells.some((cell) => cell.shape === shape));
  for (const [shape, share] of wanted)
    if (!reached.some(([other]) => other === shape))
      unreachable.push(`${domain.id}: no intent gives ${shape} (${percent(share)} asked for)`);
  const fitting =
    reached.length === 0 ? cells : cells.filter((cell) => reached.some(([shape]) => shape === cell.shape));
  for (const intent of Object.keys(domain.file.intents))
    if (!fitting.some((cell) => cell.intent === intent))
      unreachable.push(`${domain.id}.${intent}: gives none of the shapes that are asked for`);
  const sum = reached.reduce((all, [, share]) => all + share, 0);
  const quotas = new Map(reached.map(([shape, share]) => [shape, share / sum]));
  let weights = balanced(fitting, quotas, 0);
  if (calls_per_trace !== undefined) {
    const [least, most] = [-steepest, steepest].map((tilt) => meanCalls(fitting, balanced(fitting, quotas, tilt)));
    if (calls_per_trace < (least as number) - 0.005 || calls_per_trace > (most as number) + 0.005)
      unreachable.push(
        `${domain.id}: ${calls_per_trace} calls a trace; what its shapes allow is ${least?.toFixed(2)} to ${most?.toFixed(2)}`,
      );
    weights = balanced(fitting, quotas, tiltFor(fitting, quotas, calls_per_trace));
  }
  const order = fitting
    .map((cell, at) => ({ cell, weight: weights[at] as number }))
    .sort((a, b) => a.cell.shape.localeCompare(b.cell.shape) || a.cell.calls - b.cell.calls);
  const ends: number[] = [];
  for (const { weight } of order) ends.push((ends.at(-1) ?? 0) + weight);
  const total = ends.at(-1) as number;
  const start = random('quotas', seed, domain.id).number(1_000_000) / 1_000_000;
  return {
    aim(number) {
      const place = ((start + number * step) % 1) * total;
      const at = ends.findIndex((end) => place < end);
      return (order[at] ?? order.at(-1))?.cell as Cell;
    },
    unreachable,
  };
}

/** Of the number of calls a weight is `exp(tilt x calls)`; beyond this all weight lies on the fewest, or the most. */
const steepest = 12;
const rounds = 200;

/** Iterative proportional fitting (Deming and Stephan, 1940): intents alike, and then shapes as their quotas say. */
function balanced(cells: readonly Cell[], quotas: ReadonlyMap<string, number>, tilt: number): number[] {
  // Against the most, so that no number is too large to be told.
  const most = Math.max(...cells.map(({ calls }) => calls * tilt));
  const weights = cells.map(({ share, calls }) => share * Math.exp(calls * tilt - most) + 1e-12);
  const intents = [...Map.groupBy(cells.keys(), (at) => cells[at]?.intent)].map(([, own]) => own);
  const shapes = [...Map.groupBy(cells.keys(), (at) => cells[at]?.shape as string)];
  const scale = (own: readonly number[], to: number) => {
    const sum = own.reduce((all, at) => all + (weights[at] as number), 0);
    for (const at of own) weights[at] = ((weights[at] as number) / sum) * to;
  };
  for (let round = 0; round < rounds; round += 1) {
    for (const own of intents) scale(own, 1 / intents.length);
    for (const [shape, own] of shapes) {
      const quota = quotas.get(shape);
      if (quota !== undefined) scale(own, quota);
    }
  }
  return weights;
}

function meanCalls(cells: readonly Cell[], weights: readonly number[]): number {
  const sum = weights.reduce((all, each) => all + each, 0);
  return cells.reduce((all, { calls }, at) => all + (calls * (weights[at] as number)) / sum, 0);
}

/** By halving: the mean grows with the tilt. */
function tiltFor(cells: readonly Cell[], quotas: ReadonlyMap<string, number>, mean: number): number {
  let [low, high] = [-steepest, steepest];
  for (let halving = 0; halving < 24; halving += 1) {
    const middle = (low + high) / 2;
    if (meanCalls(cells, balanced(cells, quotas, middle)) < mean) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

const percent = (share: number): string => `${Math.round(share * 1000) / 10}%`;
