import type { CSSProperties, ReactNode } from 'react';
import classes from './layout.module.css';

interface Props {
  /** Stands before the list: what it can be narrowed by. */
  before?: ReactNode;
  /** What the list opens, at its right: a side panel brings its own width, anything else takes the rest. */
  beside?: ReactNode;
  /** Width of the list as a share of the whole, where what stands beside it is no side panel: `46%`. */
  list?: string;
  children: ReactNode;
}

/** A list and what it opens. */
export function Split({ before, beside, list, children }: Props) {
  return (
    <div className={classes.split}>
      {before}
      <div
        className={classes.listing}
        data-share={list === undefined ? undefined : true}
        style={{ '--list': list } as CSSProperties}
      >
        {children}
      </div>
      {list === undefined ? beside : <div className={classes.beside}>{beside}</div>}
    </div>
  );
}
