import type { Domain, Tool } from '../domains/domain.js';
import { evenness, type Statistics } from './statistics.js';

/** Of what was missed so much is named; the rest is counted. */
const mostNamed = 200;

/** Pairs of tools of which an intent may feed the second with what the first gave: `finance.find_invoice > finance.pay_invoice`. */
export function feedingPairs(domain: Domain): string[] {
  const pairs = new Set<string>();
  for (const { goals } of Object.values(domain.file.intents)) {
    const own = goals.flatMap((goal) => domain.tools.get(goal) ?? []);
    // What a goal needs is looked up, and so is what that is looked up by.
    const used = new Set(own);
    for (const { arguments: args } of used)
      for (const { ref } of args) for (const finder of ref === null ? [] : domain.finders(ref)) used.add(finder);
    const comesBefore = (giver: Tool, taker: Tool) => {
      const [first, then] = [own.indexOf(giver), own.indexOf(taker)];
      return first < 0 || (then >= 0 && first < then);
    };
    for (const giver of used)
      if (giver.file.does !== 'total' && giver.file.does !== 'remove')
        for (const taker of used)
          if (giver !== taker && comesBefore(giver, taker) && taker.arguments.some(({ ref }) => ref === giver.entity))
            pairs.add(`${giver.id} > ${taker.id}`);
  }
  return [...pairs];
}

/** What of domain, intent, shape and pair of tools a run has, beside what quotas asked for. */
export function coverageOf({ asked, cells, pairs, shapes, unreachable }: Statistics, possible: readonly string[]) {
  const cellNames = [...new Set([...Object.keys(asked), ...Object.keys(cells)])].sort();
  const missed = Object.entries(asked).flatMap(([cell, count]) => {
    const made = cells[cell] ?? 0;
    return made < count ? [{ cell, asked: count, made }] : [];
  });
  const never = possible.filter((pair) => pairs[pair] === undefined);
  const wanted: { [shape: string]: number } = {};
  for (const [cell, count] of Object.entries(asked)) {
    const shape = cell.split(' ')[1] as string;
    wanted[shape] = (wanted[shape] ?? 0) + count;
  }
  return {
    /** How many of each shape quotas asked for; empty where there are none. */
    shapes_asked: wanted,
    shapes_made: shapes,
    /** Domain, intent and shape, as `finance.pay_invoice chain`: how many were made, and asked for where quotas say. */
    cells: Object.fromEntries(
      cellNames.map((cell) => [
        cell,
        { made: cells[cell] ?? 0, ...(asked[cell] === undefined ? {} : { asked: asked[cell] }) },
      ]),
    ),
    cells_evenness: round(evenness(cells)),
    tool_pairs: {
      possible: possible.length,
      seen: possible.length - never.length,
      evenness: round(evenness(pairs)),
      never: never.slice(0, mostNamed),
    },
    missed_count: missed.length,
    missed: missed.slice(0, mostNamed),
    unreachable: Object.keys(unreachable),
  };
}

const round = (value: number): number => Math.round(value * 1000) / 1000;
