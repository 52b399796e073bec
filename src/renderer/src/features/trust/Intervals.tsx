import type { CSSProperties } from 'react';
import type { Measured } from '../../../../shared/model/index.js';
import { Table } from '../../components/Table.js';
import classes from './trust.module.css';

interface Props {
  title: string;
  rows: readonly { name: string; measured: Measured }[];
  /** Left end of the scale, whose right end is 1. */
  from?: number;
}

/** Numbers on one scale: a mark for each value, a line for its interval; the same in words beside it. */
export function Intervals({ title, rows, from = 0 }: Props) {
  const at = (value: number) => `${(100 * (Math.max(from, Math.min(1, value)) - from)) / (1 - from)}%`;
  return (
    <section aria-label={title} className={classes.block}>
      <h3>{title}</h3>
      <Table label={title} className={classes.intervals}>
        <thead>
          <tr>
            <th>Of what</th>
            <th>{from < 0 ? `−${-from}` : from} to 1</th>
            <th data-number>Value</th>
            <th data-number>Middle 95%</th>
            <th data-number>n</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, measured: { value, interval, n, least, reason } }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {value === null ? (
                <td colSpan={3}>{reason ?? `Too few: it takes at least ${least}.`}</td>
              ) : (
                <>
                  <td>
                    <span className={classes.scale}>
                      {interval && (
                        <span
                          className={classes.interval}
                          style={{ '--from': at(interval[0]), '--to': at(interval[1]) } as CSSProperties}
                        />
                      )}
                      <span className={classes.mark} style={{ '--at': at(value) } as CSSProperties} />
                    </span>
                  </td>
                  <td data-number>{value.toFixed(2)}</td>
                  <td data-number>{interval ? `${interval[0].toFixed(2)} to ${interval[1].toFixed(2)}` : '–'}</td>
                </>
              )}
              <td data-number>{n.toLocaleString('en')}</td>
            </tr>
          ))}
        </tbody>
      </Table>
    </section>
  );
}
