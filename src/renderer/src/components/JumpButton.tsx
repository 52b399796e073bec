import type { ReactNode } from 'react';
import classes from './JumpButton.module.css';

interface Props {
  /** The end of the list where it waits, and where it leads. */
  at: 'top' | 'bottom';
  onClick: () => void;
  children: ReactNode;
}

/** What came where the reader does not look; leads there. Floats over the list that it is of. */
export function JumpButton({ at, onClick, children }: Props) {
  return (
    <button type="button" className={classes.jump} data-at={at} onClick={onClick}>
      {children}
    </button>
  );
}
