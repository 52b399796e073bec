import { readExchange } from '../../../src/main/decode/index.js';
import type { Entity, Redactor } from '../../../src/main/redact/index.js';
import type { CapturedExchange } from '../../../src/shared/model/index.js';
import { Random } from '../fuzz/random.js';
import { type Negative, negativeExchange, negativeMakers } from './negatives.js';
import { personalMakers } from './personal.js';
import { type Placement, placements } from './placements.js';
import { everyKey, secretMakers } from './secrets.js';
import { leaks, readable } from './seen.js';
import { fork, type Value } from './values.js';

export interface Score {
  planted: number;
  found: number;
  /** Found under a name that is no better than another. */
  mistyped: number;
  /** Findings where nothing was planted. */
  wrong: number;
}

export interface Example {
  what: string;
  where: string;
  /** The planted or harmed text, made up by this benchmark. */
  text: string;
  found: string[];
}

export interface Measured {
  entities: Record<string, Score>;
  placements: Record<string, Score>;
  negatives: Record<string, { texts: number; wrong: number }>;
  cells: Record<string, Score>;
  missed: Example[];
  wrong: Example[];
}

const none = (): Score => ({ planted: 0, found: 0, mistyped: 0, wrong: 0 });
const at = (table: Record<string, Score>, name: string): Score => {
  table[name] ??= none();
  return table[name];
};

const makers = [...secretMakers, ...personalMakers].flatMap(([maker, share]) => Array<typeof maker>(share).fill(maker));

/** Values in turn: every key form first, then by their shares. */
function* values(random: Random): Generator<Value> {
  for (;;) {
    yield* everyKey(random);
    for (let i = 0; i < 2000; i++) yield random.pick(makers)(random);
  }
}

export interface Planting {
  value: Value;
  placement: Placement;
  exchange: CapturedExchange;
}

/** The exchanges with a value each, at a placement that takes it. */
export function* plantings(spans: number, seed: number): Generator<Planting> {
  const random = new Random(seed);
  const source = values(fork(random));
  const uses = new Map<string, number>();
  for (let index = 0; index < spans; index++) {
    const value = source.next().value as Value;
    const placement = random.pick(placements.filter(({ takes }) => takes(value)));
    const place = uses.get(placement.id) ?? 0;
    uses.set(placement.id, place + 1);
    yield { value, placement, exchange: placement.plant(value, fork(random), place) };
  }
}

/**
 * Plants `spans` values, each in an exchange of its own at a placement in turn, and as many texts that look alike, sends
 * them the way of every exchange, and looks for what is left and for what was taken without need.
 */
export function measure(redactor: Redactor, spans: number, seed: number): Measured {
  const random = new Random(seed + 1);
  const out: Measured = { entities: {}, placements: {}, negatives: {}, cells: {}, missed: [], wrong: [] };
  let index = 0;
  for (const { value, placement, exchange } of plantings(spans, seed)) {
    const redacted = redactor.exchange(readExchange(exchange));
    const found = redacted.findings.map(({ entity, detector }) => ({ entity, detector }));
    const gone = !leaks(readable(redacted), value.text);
    const right = found.findIndex(({ entity }) => entity === value.entity || value.also?.includes(entity as Entity));
    const named = right === -1 ? found[0] : found[right];
    for (const score of [
      at(out.entities, value.entity),
      at(out.placements, placement.id),
      at(out.cells, `${value.entity} / ${placement.id}`),
    ]) {
      score.planted++;
      if (gone) score.found++;
      if (gone && right === -1) score.mistyped++;
    }
    const rest = gone ? found.filter((each) => each !== named) : found;
    for (const { entity } of rest) {
      at(out.entities, entity).wrong++;
      at(out.placements, placement.id).wrong++;
    }
    const example = {
      what: `${value.entity} ${value.kind}`,
      where: placement.id,
      text: value.written,
      found: found.map(({ entity, detector }) => `${entity} by ${detector}`),
    };
    if (!gone) out.missed.push(example);
    if (rest.length > 0) out.wrong.push(example);
    alike(redactor, index++, random, out);
  }
  return out;
}

const kinds = Object.keys(negativeMakers);

function alike(redactor: Redactor, index: number, random: Random, out: Measured): void {
  const kind = kinds[index % kinds.length] as string;
  const negative: Negative = { kind, text: (negativeMakers[kind] as (random: Random) => string)(fork(random)) };
  const { findings } = redactor.exchange(readExchange(negativeExchange(negative, fork(random), index)));
  out.negatives[kind] ??= { texts: 0, wrong: 0 };
  const row = out.negatives[kind];
  row.texts++;
  row.wrong += findings.length;
  for (const { entity } of findings) at(out.entities, entity).wrong++;
  if (findings.length > 0)
    out.wrong.push({
      what: `negative ${kind}`,
      where: 'negative',
      text: negative.text,
      found: findings.map(({ entity, detector }) => `${entity} by ${detector}`),
    });
}

export interface Rates {
  precision: number;
  recall: number;
  f1: number;
  f2: number;
}

export function rates({ planted, found, wrong }: { planted: number; found: number; wrong: number }): Rates {
  const precision = found + wrong === 0 ? 1 : found / (found + wrong);
  const recall = planted === 0 ? 1 : found / planted;
  const f = (beta: number) =>
    precision + recall === 0 ? 0 : ((1 + beta ** 2) * precision * recall) / (beta ** 2 * precision + recall);
  return { precision, recall, f1: f(1), f2: f(2) };
}
