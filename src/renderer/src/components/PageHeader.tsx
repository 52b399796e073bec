import type { ReactNode } from 'react';
import classes from './PageHeader.module.css';

interface Props {
  title: ReactNode;
  /** Counts and such beside the title. */
  meta?: ReactNode;
  /** Stands before the title: a way back. */
  before?: ReactNode;
  /** Buttons at the right. */
  children?: ReactNode;
}

export function PageHeader({ title, meta, before, children }: Props) {
  return (
    <header className={classes.header}>
      {before}
      <h1 className={classes.title}>{title}</h1>
      {meta && <div className={classes.meta}>{meta}</div>}
      {children && <div className={classes.actions}>{children}</div>}
    </header>
  );
}
