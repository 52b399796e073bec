import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './layout.module.css';

interface Props {
  title: string;
  icon?: Icon;
  /** At the right of the title. */
  mark?: ReactNode;
  children: ReactNode;
}

/** Something said apart: a title and a few lines in a frame. */
export function Card({ title, icon: Picture, mark, children }: Props) {
  return (
    <section className={classes.card} aria-label={title}>
      <header>
        {Picture && <Picture size={17} stroke={1.6} aria-hidden="true" />}
        <h2>{title}</h2>
        {mark}
      </header>
      {children}
    </section>
  );
}
