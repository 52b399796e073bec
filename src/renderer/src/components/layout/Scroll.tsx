import type { ReactNode } from 'react';
import classes from './layout.module.css';

interface Props {
  /** Names it where nothing in it may take the focus: it is then reached, and scrolled, by keyboard itself. */
  label?: string;
  children: ReactNode;
}

/** The part of a page that scrolls. */
export function Scroll({ label, children }: Props) {
  if (label === undefined) return <div className={classes.scroll}>{children}</div>;
  return (
    <section className={classes.scroll} aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}
