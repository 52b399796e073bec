import { goldTraceSchema } from '../../../shared/model/gold-trace.js';
import {
  type Baseline,
  type Distribution,
  type FeatureName,
  type Features,
  featureNames,
  type Placement,
} from '../../../shared/model/oracle-features.js';
import { wilson } from '../../../shared/statistics/proportion.js';
import { parseJson } from '../../ground/json.js';
import type { Catalogue } from '../validators/index.js';
import { featuresOfGold } from './features.js';

/** Traces of a group below which nothing is compared with it. */
export const leastOfGroup = 20;
/** From so many times the median on, and above so much of the group, a measure is named. */
const standsOut = { ratio: 2, below: 0.95 } as const;

interface Counts {
  n: number;
  measures: { [N in FeatureName]: { without: number; values: Map<number, number> } };
}

/** Gathers what gold traces are like, a line after the other; memory grows with the groups and their different values, not with the traces. */
export function baselineBuilder(catalogue: Catalogue) {
  const groups = new Map<string, Counts>();
  let [traces, leftOut] = [0, 0];
  const count = (group: string, { measures }: Features) => {
    let counts = groups.get(group);
    if (counts === undefined) {
      const empty = featureNames.map((name) => [name, { without: 0, values: new Map<number, number>() }]);
      counts = { n: 0, measures: Object.fromEntries(empty) as Counts['measures'] };
      groups.set(group, counts);
    }
    counts.n += 1;
    for (const name of featureNames) {
      const { value } = measures[name] as Features['measures'][FeatureName];
      const of = counts.measures[name];
      if (value === null) of.without += 1;
      else of.values.set(value, (of.values.get(value) ?? 0) + 1);
    }
  };
  return {
    add(line: string): void {
      if (line.trim() === '') return;
      const read = goldTraceSchema.safeParse(parseJson(line));
      const features =
        read.success && read.data['corrupted'] === undefined ? featuresOfGold(catalogue, read.data) : null;
      if (features === null || features.domain === null) {
        leftOut += 1;
        return;
      }
      traces += 1;
      count(features.domain, features);
      if (features.intent !== null) count(features.intent, features);
    },
    made: (): Baseline => ({
      kind: 'sluice-oracle-baseline',
      version: 1,
      traces,
      left_out: leftOut,
      groups: Object.fromEntries(
        [...groups]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([group, { n, measures }]) => [
            group,
            {
              n,
              measures: Object.fromEntries(
                featureNames.map((name) => [name, distributionOf(measures[name])]),
              ) as Baseline['groups'][string]['measures'],
            },
          ]),
      ),
    }),
  };
}

function distributionOf({ without, values }: Counts['measures'][FeatureName]): Distribution {
  const sorted = [...values].sort(([a], [b]) => a - b);
  return { n: sorted.reduce((sum, [, count]) => sum + count, 0), without, values: sorted };
}

export function medianOf({ n, values }: Distribution): number | null {
  let before = 0;
  for (const [value, count] of values) {
    before += count;
    if (before * 2 >= n) return value;
  }
  return null;
}

/** Where a trace stands among the gold traces of its intent, or of its domain where these are too few. */
export function placed(features: Features, { groups }: Baseline): Placement {
  const { domain, intent } = features;
  const known = [intent, domain].flatMap((name) => (name !== null && groups[name] !== undefined ? [name] : []));
  const group = known.find((name) => (groups[name]?.n ?? 0) >= leastOfGroup) ?? null;
  const of = group === null ? undefined : groups[group];
  const reason =
    of !== undefined
      ? null
      : domain === null
        ? 'What it asks for is not known.'
        : known.length === 0
          ? `The baseline has no traces of ${intent ?? domain}.`
          : `The baseline has ${known.map((name) => `${groups[name]?.n} of ${name}`).join(' and ')}: it takes ${leastOfGroup} at least.`;
  const measures = Object.fromEntries(
    featureNames.map((name) => [
      name,
      placedMeasure(features.measures[name] as Features['measures'][FeatureName], of?.measures[name], reason),
    ]),
  ) as Placement['measures'];
  const what = group === intent ? 'intent' : 'domain';
  return { group, n: of?.n ?? 0, reason, measures, words: wordsOf(measures, what) };
}

type PlacedMeasure = Placement['measures'][FeatureName];

function placedMeasure(
  feature: Features['measures'][FeatureName],
  distribution: Distribution | undefined,
  reason: string | null,
): PlacedMeasure {
  const n = distribution?.n ?? 0;
  const median = distribution === undefined ? null : medianOf(distribution);
  const refused = (why: string): PlacedMeasure => ({
    ...feature,
    median,
    ratio: null,
    below: { value: null, interval: null, n, least: leastOfGroup, reason: why },
  });
  if (feature.value === null) return refused(feature.reason ?? 'It has no value.');
  if (distribution === undefined) return refused(reason ?? 'The baseline has no traces of it.');
  if (n < leastOfGroup) return refused(`${n} traces have a value: it takes ${leastOfGroup} at least.`);
  const value = feature.value;
  const lower = distribution.values.reduce((sum, [each, count]) => sum + (each < value ? count : 0), 0);
  return {
    ...feature,
    median,
    ratio: median === null || median === 0 ? null : Math.round((value / median) * 100) / 100,
    below: { value: lower / n, interval: wilson(lower, n), n, least: leastOfGroup, reason: null },
  };
}

/** What lies above nearly all of the group: by how many times the median, or that nearly none has any. */
function wordsOf(measures: Placement['measures'], what: string): string[] {
  return featureNames.flatMap((name) => {
    const { value, ratio, below } = measures[name] as PlacedMeasure;
    if (value === null || below.value === null || below.value < standsOut.below) return [];
    const called = name === 'rows' ? 'scope' : name;
    if (ratio !== null)
      return ratio >= standsOut.ratio ? [`${called} ${ratio}x the baseline for this ${what} (n ${below.n})`] : [];
    return [`${called} ${value}, where ${Math.round(below.value * 100)} % of this ${what} have less (n ${below.n})`];
  });
}
