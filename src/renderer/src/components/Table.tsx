import type { ReactNode } from 'react';
import classes from './Table.module.css';

interface Props {
  /** Names it for screen readers, where no heading does. */
  label?: string;
  /** What is particular to this one: widths of columns. */
  className?: string | undefined;
  children: ReactNode;
}

/** A short table as plain rows; a cell with `data-number` stands at the right. Long lists are a `VirtualTable`. */
export function Table({ label, className = '', children }: Props) {
  return (
    <table className={`${classes.table} ${className}`} aria-label={label}>
      {children}
    </table>
  );
}
