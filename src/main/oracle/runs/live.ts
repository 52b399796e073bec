import type { LiveFigures } from '../../../shared/model/oracle.js';
import { worthALook } from './report.js';
import { evenness, type Statistics } from './statistics.js';

/** What is known of a run that is under way; near-duplicates are of the domains that are whole. */
export function liveOf(
  statistics: Statistics,
  { seconds, rate, cost_usd }: Pick<LiveFigures, 'seconds' | 'rate' | 'cost_usd'>,
): LiveFigures {
  const { validated, failed, domains, failed_domains, failures, shapes, cells, pairs, asked } = statistics;
  const titles = [...new Set([...Object.keys(domains), ...Object.keys(failed_domains)])].sort();
  const round = (value: number) => Math.round(value * 1000) / 1000;
  return {
    ...{ validated, failed, seconds, rate, cost_usd },
    domains: Object.fromEntries(
      titles.map((title) => [title, { validated: domains[title] ?? 0, failed: failed_domains[title] ?? 0 }]),
    ),
    validators: failures,
    shapes,
    quotas: {
      asked: Object.values(asked).reduce((sum, count) => sum + count, 0),
      missed: Object.entries(asked).filter(([cell, count]) => (cells[cell] ?? 0) < count).length,
    },
    cells: Object.keys(cells).length,
    tool_pairs: Object.keys(pairs).length,
    evenness: Object.fromEntries(
      (['domains', 'intents', 'tools', 'rows', 'tiers'] as const).map((key) => [key, round(evenness(statistics[key]))]),
    ),
    compared: statistics.compared,
    near_duplicates: statistics.near_duplicates,
    worth_a_look: worthALook(statistics),
  };
}
