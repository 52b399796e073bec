import type { Agreement, PairAgreement } from '../../../shared/model/index.js';
import { estimated } from '../../../shared/statistics/bootstrap.js';
import { kappa, observedAgreement, type Pair } from '../../../shared/statistics/cohen.js';
import { alpha, type Metric } from '../../../shared/statistics/krippendorff.js';

type Value = string | number;

/** What was said of units, and by whom: see `Judgements` of the store. */
export interface JudgedUnits {
  rows: readonly { unit: string; reviewer: string; value: Value; again: boolean }[];
  scores: readonly { unit: string; name: string; value: number }[];
  cut: boolean;
}

export interface AgreementOptions {
  field: Agreement['field'];
  /** Of the resampling. */
  seed: number;
  /** The judge's score from which on it accepts. */
  acceptFrom: number;
}

/** Reviewers that are compared with each other: those who judged most. */
const mostReviewers = 20;

/** How far reviewers agree with each other, with themselves and with the judge. */
export function agreementOf(judgedUnits: JudgedUnits, { field, seed, acceptFrom }: AgreementOptions): Agreement {
  const ordered = field !== 'label';
  const first = new Map<string, Map<string, Value>>();
  const again = new Map<string, Map<string, Value>>();
  for (const { unit, reviewer, value, again: repeated } of judgedUnits.rows) {
    const into = repeated ? again : first;
    const own = into.get(reviewer) ?? new Map<string, Value>();
    own.set(unit, value);
    into.set(reviewer, own);
  }
  const reviewers = [...first.entries()]
    .sort(([a, x], [b, y]) => y.size - x.size || (a < b ? -1 : 1))
    .slice(0, mostReviewers)
    .map(([reviewer]) => reviewer);
  const of = (reviewer: string) => first.get(reviewer) as Map<string, Value>;

  const units = new Map<string, Value[]>();
  for (const judged of first.values()) {
    for (const [unit, value] of judged) units.set(unit, [...(units.get(unit) ?? []), value]);
  }
  const twice = [...units.values()].filter((values) => values.length > 1);
  const alphaOf = (metric: Metric) => estimated(twice, (sample) => alpha(sample, metric), seed);

  const pairs: PairAgreement[] = [];
  for (const [index, a] of reviewers.entries()) {
    for (const b of reviewers.slice(index + 1)) {
      const shared = sharedOf(of(a), of(b));
      if (shared.length > 0) pairs.push(pairOf(a, b, shared, ordered, seed));
    }
  }
  const selves = reviewers.flatMap((reviewer) => {
    const shared = sharedOf(of(reviewer), again.get(reviewer) ?? new Map());
    return shared.length === 0 ? [] : [pairOf(reviewer, reviewer, shared, ordered, seed)];
  });
  const judges = [...scoresByName(judgedUnits.scores)].flatMap(([name, scores]) =>
    reviewers.flatMap((reviewer) => {
      const judged = new Map([...scores].map(([unit, value]) => [unit, valueOfScore(field, value, acceptFrom)]));
      const shared = sharedOf(of(reviewer), judged);
      return shared.length === 0 ? [] : [pairOf(reviewer, name, shared, ordered, seed)];
    }),
  );
  return {
    field,
    units: twice.length,
    cut: judgedUnits.cut,
    reviewers,
    alpha: {
      nominal: alphaOf('nominal'),
      ordinal: ordered ? alphaOf('ordinal') : null,
      interval: ordered ? alphaOf('interval') : null,
    },
    pairs,
    selves,
    judges,
  };
}

function sharedOf(a: ReadonlyMap<string, Value>, b: ReadonlyMap<string, Value>): Pair[] {
  const pairs: Pair[] = [];
  for (const [unit, value] of a) {
    const other = b.get(unit);
    if (other !== undefined) pairs.push([value, other]);
  }
  return pairs;
}

function pairOf(a: string, b: string, pairs: Pair[], ordered: boolean, seed: number): PairAgreement {
  return {
    a,
    b,
    units: pairs.length,
    observed: observedAgreement(pairs),
    kappa: estimated(pairs, (sample) => kappa(sample), seed),
    linear: ordered ? estimated(pairs, (sample) => kappa(sample, 'linear'), seed) : null,
    quadratic: ordered ? estimated(pairs, (sample) => kappa(sample, 'quadratic'), seed) : null,
  };
}

function scoresByName(scores: JudgedUnits['scores']): Map<string, Map<string, number>> {
  const byName = new Map<string, Map<string, number>>();
  for (const { unit, name, value } of scores) {
    const own = byName.get(name) ?? new Map<string, number>();
    own.set(unit, value);
    byName.set(name, own);
  }
  return byName;
}

/** A judge's score in the words of the field. */
function valueOfScore(field: Agreement['field'], value: number, acceptFrom: number): Value {
  if (field === 'label') return value >= acceptFrom ? 'accepted' : 'rejected';
  return Math.min(5, Math.max(1, Math.round(value)));
}
