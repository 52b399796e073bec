import type { ReactNode } from 'react';
import classes from './layout.module.css';

/** The part of a page that scrolls. */
export function Scroll({ children }: { children: ReactNode }) {
  return <div className={classes.scroll}>{children}</div>;
}
