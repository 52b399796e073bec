import type { ReactNode } from 'react';
import { WithCode } from '../WithCode.js';
import classes from './layout.module.css';

interface Props {
  title: string;
  /** `Backticks` mark what is typed or named. */
  text: string;
  children: ReactNode;
}

export function Section({ title, text, children }: Props) {
  return (
    <section className={classes.section} aria-label={title}>
      <div className={classes.heading}>
        <h2>{title}</h2>
        <p>
          <WithCode text={text} />
        </p>
      </div>
      <div className={classes.fields}>{children}</div>
    </section>
  );
}
