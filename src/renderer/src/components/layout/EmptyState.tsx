import { type Icon, IconInbox } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './layout.module.css';

interface Props {
  title: string;
  /** What to do next. */
  children?: ReactNode;
  icon?: Icon;
  /** Buttons or links. */
  actions?: ReactNode;
}

export function EmptyState({ title, children, icon: Picture = IconInbox, actions }: Props) {
  return (
    <div className={classes.state}>
      <span className={classes.icon} aria-hidden="true">
        <Picture size={20} stroke={1.6} />
      </span>
      <p className={classes.title}>{title}</p>
      {children && <div className={classes.text}>{children}</div>}
      {actions && <div className={classes.actions}>{actions}</div>}
    </div>
  );
}
