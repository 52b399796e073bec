import type { ReactNode } from 'react';
import classes from './layout.module.css';

interface Props {
  /** One column of text width, or as many cards as fit beside each other. */
  as?: 'text' | 'cards';
  /** Beside the column, below it where the window is narrow. */
  aside?: ReactNode;
  children: ReactNode;
}

/** What a scrolling page holds, in columns that stay readable on every window. */
export function Columns({ as = 'text', aside, children }: Props) {
  if (as === 'cards') return <div className={classes.cards}>{children}</div>;
  if (aside === undefined) return <div className={classes.column}>{children}</div>;
  return (
    <div className={classes.columns}>
      <div className={classes.stack}>{children}</div>
      <div className={classes.stack}>{aside}</div>
    </div>
  );
}
