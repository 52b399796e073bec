import type { CorrectedRate, JudgeTrust, Measured, Trust } from '../../../../shared/model/index.js';
import { expectedCalibrationError, reliability } from '../../../../shared/statistics/calibration.js';
import { type Distance, kappa, type Pair } from '../../../../shared/statistics/cohen.js';
import { alpha } from '../../../../shared/statistics/krippendorff.js';
import { mean } from '../../../../shared/statistics/normal.js';
import { ppiMean } from '../../../../shared/statistics/ppi.js';
import { roganGladen } from '../../../../shared/statistics/rogan-gladen.js';
import { least, measured, measuredBy, measuredShare } from './measured.js';

type Said = { unit: string; reviewer: string; value: string | number; again: boolean };

/** What judges and people said of the same traces: see `JudgedRows` of the store. */
export interface JudgedUnits {
  rows: readonly Judged[];
  labels: readonly Said[];
  ratings: readonly Said[];
  cut: boolean;
}
interface Judged {
  unit: string;
  rubric: string;
  version: string;
  profile: string;
  model: string;
  share: number | null;
  verdict: 'accepted' | 'rejected' | null;
  tool_calls: number;
  errors: number;
}
type Scored = Judged & { share: number; verdict: 'accepted' | 'rejected' };
type Label = 'accepted' | 'rejected';

/** Everything that is known of how far judges can be trusted, but for probes, which are runs of their own. */
export function trustOf(units: JudgedUnits, seed: number): Omit<Trust, 'probes'> {
  const labels = byUnit(units.labels);
  const ratings = byUnit(units.ratings);
  return {
    judges: byJudge(units.rows).map((rows) => judgeTrust(rows, { labels, ratings, seed })),
    drift: driftOf(units.rows, seed),
    cut: units.cut,
  };
}

/**
 * Judgements by who made them: a profile that asks another model now is another judge. Where no model answered, its newest one has
 * left the trace without a score. @param rows newest first
 */
function byJudge(rows: readonly Judged[]): Judged[][] {
  const asked = Map.groupBy(rows, ({ rubric, version, profile }) => JSON.stringify([rubric, version, profile]));
  return [...asked.values()].flatMap((own) => {
    const models = Map.groupBy(
      own.filter(({ share }) => share !== null),
      ({ model }) => model,
    );
    const unscored = own.filter(({ share }) => share === null);
    const [newest = [], ...older] = models.values();
    return [[...newest, ...unscored], ...older];
  });
}

interface People {
  labels: ReadonlyMap<string, readonly (string | number)[]>;
  ratings: ReadonlyMap<string, readonly (string | number)[]>;
  seed: number;
}

function judgeTrust(rows: readonly Judged[], people: People): JudgeTrust {
  const [first] = rows as [Judged, ...Judged[]];
  const scored = rows.filter((row): row is Scored => row.share !== null && row.verdict !== null);
  const levels = (['easy', 'medium', 'hard'] as const).map((level) => ({
    level,
    agreement: agreement(
      scored.filter((row) => difficultyOf(row) === level),
      people,
    ),
  }));
  const { rubric, version, profile, model } = first;
  return {
    rubric,
    version,
    profile,
    model,
    judged: scored.length,
    unscored: rows.length - scored.length,
    agreement: agreement(scored, people),
    baselines: baselines(scored, people),
    by_difficulty: levels,
    calibration: calibration(scored, people),
    acceptance: acceptance(scored, people),
  };
}

/** By what can be counted in a trace: up to five tool calls without an error are easy, more than twenty or three errors hard. */
export function difficultyOf({
  tool_calls,
  errors,
}: Pick<Judged, 'tool_calls' | 'errors'>): 'easy' | 'medium' | 'hard' {
  if (tool_calls > 20 || errors >= 3) return 'hard';
  return tool_calls <= 5 && errors === 0 ? 'easy' : 'medium';
}

/** What most people say of a unit; null where nobody does, or as many say one thing as another. */
export function consensus(values: readonly (string | number)[] | undefined): Label | null {
  const accepted = (values ?? []).filter((value) => value === 'accepted').length;
  const rejected = (values ?? []).filter((value) => value === 'rejected').length;
  return accepted === rejected ? null : accepted > rejected ? 'accepted' : 'rejected';
}

function agreement(rows: readonly Scored[], { labels, ratings, seed }: People): JudgeTrust['agreement'] {
  const pairs = rows.flatMap(({ unit, verdict }): Pair[] => {
    const label = consensus(labels.get(unit));
    return label === null ? [] : [[label, verdict]];
  });
  const rated = rows.flatMap(({ unit, share }): Pair[] => {
    const own = (ratings.get(unit) ?? []).map(Number);
    // A rating goes from 1 to 5: so does the judge's share of its scale.
    return own.length === 0 ? [] : [[Math.round(mean(own)), Math.round(1 + 4 * share)]];
  });
  const how = { seed, fewest: least.agreement };
  const weighted = (distance: Distance) => measured(rated, (sample) => kappa(sample, distance), how);
  const confusion: { [said: string]: { [judged: string]: number } } = {};
  for (const [said, judged] of pairs) {
    const row = confusion[said] ?? {};
    row[judged] = (row[judged] ?? 0) + 1;
    confusion[said] = row;
  }
  return {
    n: pairs.length,
    observed: measuredShare(pairs.filter(([a, b]) => a === b).length, pairs.length, least.agreement),
    kappa: measured(pairs, (sample) => kappa(sample), how),
    linear: weighted('linear'),
    quadratic: weighted('quadratic'),
    alpha: measured(pairs, (sample) => alpha(sample, 'nominal'), how),
    confusion,
  };
}

function baselines(rows: readonly Scored[], { labels, seed }: People): JudgeTrust['baselines'] {
  const judged = rows.map(({ unit }) => labels.get(unit) ?? []);
  // Two of a trace are enough to tell how far people agree: the first two, so that none counts more than another.
  const twice = judged.flatMap((values): Pair[] =>
    values.length > 1 ? [[values[0] as string, values[1] as string]] : [],
  );
  const said = rows.flatMap(({ unit }) => consensus(labels.get(unit)) ?? []);
  const accepted = said.filter((label) => label === 'accepted').length;
  return {
    human_human: measuredShare(twice.filter(([a, b]) => a === b).length, twice.length, least.agreement),
    human_kappa: measured(twice, (sample) => kappa(sample), { seed, fewest: least.agreement }),
    majority: measuredShare(Math.max(accepted, said.length - accepted), said.length, least.agreement),
  };
}

function calibration(rows: readonly Scored[], { labels, seed }: People): JudgeTrust['calibration'] {
  const cases = rows.flatMap(({ unit, share }) => {
    const label = consensus(labels.get(unit));
    return label === null ? [] : [{ said: share, so: label === 'accepted' }];
  });
  return {
    ece: measured(cases, (sample) => expectedCalibrationError(sample), { seed, fewest: least.calibration }),
    bins: reliability(cases).map(({ from, to, n, said, so }) => ({
      from,
      to,
      n,
      said,
      accepted: measuredShare(so, n),
    })),
  };
}

/** The share that people would accept of all that a judge judged. */
function acceptance(rows: readonly Scored[], { labels }: People): CorrectedRate {
  const labelled = rows.flatMap(({ unit, verdict }) => {
    const label = consensus(labels.get(unit));
    return label === null ? [] : [{ unit, people: label, judge: verdict }];
  });
  const known = new Set(labelled.map(({ unit }) => unit));
  const rest = rows.filter(({ unit }) => !known.has(unit));
  const positives = labelled.filter(({ people }) => people === 'accepted');
  const negatives = labelled.filter(({ people }) => people === 'rejected');
  const truePositives = positives.filter(({ judge }) => judge === 'accepted').length;
  const trueNegatives = negatives.filter(({ judge }) => judge === 'rejected').length;
  const accepted = rows.filter(({ verdict }) => verdict === 'accepted').length;
  const fewest = least.correction;
  const enough = Math.min(positives.length, negatives.length);
  const one = (label: Label) => (label === 'accepted' ? 1 : 0);
  const ppi = ppiMean(
    labelled.map(({ people }) => one(people)),
    labelled.map(({ judge }) => one(judge)),
    rest.map(({ verdict }) => one(verdict)),
  );
  const corrected = roganGladen({
    accepted,
    judged: rows.length,
    truePositives,
    positives: positives.length,
    trueNegatives,
    negatives: negatives.length,
  });
  return {
    raw: measuredShare(accepted, rows.length),
    sensitivity: measuredShare(truePositives, positives.length, fewest),
    specificity: measuredShare(trueNegatives, negatives.length, fewest),
    rogan_gladen: measuredBy(
      corrected,
      enough,
      fewest,
      'The judge is no better than chance: nothing can be told from it.',
    ),
    ppi: measuredBy(
      ppi === null
        ? null
        : { value: bounded(ppi.value), interval: [bounded(ppi.interval[0]), bounded(ppi.interval[1])] },
      labelled.length,
      fewest,
      'Every trace that was judged has a label: the share that people accept is known.',
    ),
    lambda: labelled.length < fewest ? null : (ppi?.lambda ?? null),
    calibration: labelled.length,
    word: wordOf(positives.length, negatives.length, corrected?.interval ?? null),
  };
}

/** Traces of each label from which on the corrected rate is worth reading without a warning. */
const comfortable = 50;

function wordOf(positives: number, negatives: number, interval: [number, number] | null): string {
  const fewest = least.correction;
  const missing = [
    ...(positives < fewest ? [`${fewest - positives} more that people accept`] : []),
    ...(negatives < fewest ? [`${fewest - negatives} more that they reject`] : []),
  ];
  if (missing.length > 0) return `Too few labels to correct the judge: label ${missing.join(' and ')}.`;
  if (interval === null) return 'The judge is no better than chance on your labels: do not use its acceptance rate.';
  const wide = interval[1] - interval[0];
  if (wide > 0.4) {
    return `The labels say little: the corrected rate may lie ${Math.round(wide * 100)} points apart. Label more traces.`;
  }
  if (Math.min(positives, negatives) < comfortable)
    return 'Enough for a rough figure: read the interval, not the value.';
  return 'Enough labels for the corrected rate.';
}

const bounded = (value: number) => Math.min(1, Math.max(0, value));

/** How the same judge judges the same traces by one version of a rubric and by the next. */
function driftOf(rows: readonly Judged[], seed: number): Trust['drift'] {
  const scored = rows.filter((row): row is Scored => row.share !== null && row.verdict !== null);
  const judges = Map.groupBy(scored, ({ rubric, profile, model }) => JSON.stringify([rubric, profile, model]));
  return [...judges.values()].flatMap((own) => {
    const versions = Map.groupBy(own, ({ version }) => version);
    const names = [...versions.keys()].sort(inOrder);
    return names.slice(1).flatMap((to, index) => {
      const from = names[index] as string;
      const before = new Map((versions.get(from) ?? []).map((row) => [row.unit, row]));
      const both = (versions.get(to) ?? []).flatMap((row) => {
        const earlier = before.get(row.unit);
        return earlier === undefined ? [] : [{ earlier, row }];
      });
      if (both.length === 0) return [];
      const [first] = own as [Scored, ...Scored[]];
      const how = { seed, fewest: least.drift };
      const difference: Measured = measured(
        both,
        (sample) => mean(sample.map(({ earlier, row }) => row.share - earlier.share)),
        how,
      );
      const verdicts = both.map(({ earlier, row }): Pair => [earlier.verdict, row.verdict]);
      return [
        {
          rubric: first.rubric,
          profile: first.profile,
          from,
          to,
          difference,
          kappa: measured(verdicts, (sample) => kappa(sample), how),
        },
      ];
    });
  });
}

/** 2 before 10, 1.2 before 1.10. */
function inOrder(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

/** The first word of each reviewer on each unit. */
function byUnit(said: readonly Said[]): Map<string, (string | number)[]> {
  const units = new Map<string, (string | number)[]>();
  for (const { unit, value, again } of said) {
    if (!again) units.set(unit, [...(units.get(unit) ?? []), value]);
  }
  return units;
}
