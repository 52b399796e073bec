import type { ReactNode } from 'react';
import classes from './layout.module.css';

interface Props {
  title: string;
  text: string;
  children: ReactNode;
}

export function Section({ title, text, children }: Props) {
  return (
    <section className={classes.section} aria-label={title}>
      <div className={classes.heading}>
        <h2>{title}</h2>
        <p>{text}</p>
      </div>
      <div className={classes.fields}>{children}</div>
    </section>
  );
}
