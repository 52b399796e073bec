import type { ReactNode } from 'react';
import classes from './Kbd.module.css';

/** A key, as it stands on the keyboard; small within a button. */
export function Kbd({ small, children }: { small?: boolean; children: ReactNode }) {
  return (
    <kbd className={classes.kbd} data-small={small || undefined}>
      {children}
    </kbd>
  );
}
