import type { ReactNode } from 'react';
import classes from './layout.module.css';

interface Props {
  text: string;
  failed?: boolean;
  /** Buttons. */
  children: ReactNode;
}

/** The foot of a form while it holds what is not saved. */
export function SaveBar({ text, failed = false, children }: Props) {
  return (
    <div className={classes.saveBar}>
      <div className={classes.saveText} data-tone={failed ? 'red' : undefined} role="status">
        {text}
      </div>
      {children}
    </div>
  );
}
