import type { GoldTrace } from '../../../shared/model/gold-trace.js';
import type { Shape } from '../sampler/plan.js';
import type { Failure } from '../validators/index.js';

/** What is counted of traces; two are added up by adding their numbers. */
export interface Statistics {
  validated: number;
  failed: number;
  calls: number;
  shapes: { [shape: string]: number };
  domains: { [title: string]: number };
  categories: { [category: string]: number };
  intents: { [intent: string]: number };
  tools: { [tool: string]: number };
  /** How often each number of rows was asked for. */
  rows: { [rows: string]: number };
  /** The highest tier that what is asked for has. */
  tiers: { [tier: string]: number };
  /** `finance.pay_invoice chain`: an intent of a domain, and the shape of the calls. */
  cells: { [cell: string]: number };
  /** `finance.find_invoice > finance.pay_invoice`: the second takes what the first gave. */
  pairs: { [pair: string]: number };
  /** By cell, how often quotas asked for it. */
  asked: { [cell: string]: number };
  /** In words, what of the quotas a domain cannot give; once. */
  unreachable: { [what: string]: number };
  /** Requests that were compared with each other, and those of them that say nearly what one before them says. */
  compared: number;
  near_duplicates: number;
  /** By validator; what was made twice stands under `duplicate`. */
  failures: { [validator: string]: number };
  /** What was left out, by the domain's title. */
  failed_domains: { [title: string]: number };
}

export const noStatistics = (): Statistics => ({
  validated: 0,
  failed: 0,
  calls: 0,
  shapes: {},
  domains: {},
  categories: {},
  intents: {},
  tools: {},
  rows: {},
  tiers: {},
  cells: {},
  pairs: {},
  asked: {},
  unreachable: {},
  compared: 0,
  near_duplicates: 0,
  failures: {},
  failed_domains: {},
});

const more = (counts: { [key: string]: number }, key: string, by = 1): void => {
  counts[key] = (counts[key] ?? 0) + by;
};

export function countTrace(to: Statistics, { request, graph }: GoldTrace, shape: Shape, domain: string): void {
  to.validated += 1;
  to.calls += graph.calls.length;
  more(to.shapes, shape);
  more(to.domains, request.domain);
  more(to.categories, request.intent_category);
  more(to.intents, `${domain}.${request.intent}`);
  for (const { tool_id } of graph.calls) more(to.tools, tool_id);
  more(to.rows, String(request.expected_scope.rows_requested));
  more(to.tiers, request.expected_scope.sensitivity_tier);
  more(to.cells, cellName(domain, request.intent as string, shape));
  const tools = new Map(graph.calls.map(({ call_id, tool_id }) => [call_id, tool_id]));
  const pairs = graph.calls.flatMap(({ tool_id, argument_sources = {} }) =>
    Object.values(argument_sources).flatMap((source) =>
      source.source_type === 'tool' ? [`${tools.get(source.source_id)} > ${tool_id}`] : [],
    ),
  );
  for (const pair of new Set(pairs)) more(to.pairs, pair);
}

/** What quotas ask for, counted beside what came. */
export const countAsked = (to: Statistics, domain: string, intent: string, shape: Shape): void =>
  more(to.asked, cellName(domain, intent, shape));

const cellName = (domain: string, intent: string, shape: Shape): string => `${domain}.${intent} ${shape}`;

export function countFailure(
  to: Statistics,
  domain: { title: string },
  failures: readonly Pick<Failure, 'validator'>[],
): void {
  to.failed += 1;
  more(to.failed_domains, domain.title);
  for (const validator of new Set(failures.map((each) => each.validator))) more(to.failures, validator);
}

const counted = [
  'shapes',
  'domains',
  'categories',
  'intents',
  'tools',
  'rows',
  'tiers',
  'cells',
  'pairs',
  'asked',
  'unreachable',
  'failures',
  'failed_domains',
] as const;

export function add(to: Statistics, other: Statistics): void {
  to.validated += other.validated;
  to.failed += other.failed;
  to.calls += other.calls;
  to.compared += other.compared;
  to.near_duplicates += other.near_duplicates;
  for (const key of counted) for (const [name, count] of Object.entries(other[key])) more(to[key], name, count);
}

/** Shannon's entropy over its maximum, 0 to 1; of one kind alone 0. */
export function evenness(counts: { [key: string]: number }): number {
  const values = Object.values(counts);
  const total = values.reduce((sum, count) => sum + count, 0);
  if (values.length < 2 || total === 0) return 0;
  return -values.reduce((sum, count) => sum + (count / total) * Math.log(count / total), 0) / Math.log(values.length);
}
