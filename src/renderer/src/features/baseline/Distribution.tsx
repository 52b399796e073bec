import type { Distribution as Lies } from '../../../../shared/model/oracle-features.js';
import { formatCount } from '../../components/format.js';
import classes from './baseline.module.css';
import { shownNumber } from './words.js';

/** Bars at most; more values than these share one. */
const mostBars = 12;

/** Three cells of a table: bars by value, the median, and the ends; what they say is in words too. */
export function Distribution({ of: { n, without, values } }: { of: Lies }) {
  const [first, last] = [values[0]?.[0], values.at(-1)?.[0]];
  if (first === undefined || last === undefined)
    return (
      <td colSpan={4} className={classes.none}>
        None of {formatCount(without)} has a value.
      </td>
    );
  const bars = barsOf(values);
  const most = Math.max(...bars.map(({ count }) => count));
  return (
    <>
      <td>
        <span
          className={classes.bars}
          role="img"
          aria-label={bars.map(({ from, to, count }) => `${rangeOf(from, to)}: ${formatCount(count)}`).join(', ')}
        >
          {bars.map(({ from, to, count }) => (
            <span key={from} title={`${rangeOf(from, to)}: ${formatCount(count)} of ${formatCount(n)}`}>
              <span style={{ height: `${Math.max(4, (100 * count) / most)}%` }} />
            </span>
          ))}
        </span>
      </td>
      <td data-number>{shownNumber(medianOf(values, n))}</td>
      <td data-number>{rangeOf(first, last)}</td>
      <td data-number>
        {formatCount(n)}
        {without > 0 && ` (${formatCount(without)} without)`}
      </td>
    </>
  );
}

const rangeOf = (from: number, to: number): string =>
  from === to ? shownNumber(from) : `${shownNumber(from)} to ${shownNumber(to)}`;

function medianOf(values: Lies['values'], n: number): number {
  let before = 0;
  for (const [value, count] of values) {
    before += count;
    if (before * 2 >= n) return value;
  }
  return 0;
}

/** A bar for each value; of many, for as many values each. */
function barsOf(values: Lies['values']): { from: number; to: number; count: number }[] {
  const each = Math.ceil(values.length / mostBars);
  return Array.from({ length: Math.ceil(values.length / each) }, (_, index) => {
    const own = values.slice(index * each, (index + 1) * each);
    return {
      from: own[0]?.[0] ?? 0,
      to: own.at(-1)?.[0] ?? 0,
      count: own.reduce((sum, [, count]) => sum + count, 0),
    };
  });
}
