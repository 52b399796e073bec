import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './Notice.module.css';
import { WithCode } from './WithCode.js';

interface Props {
  tone: 'red' | 'amber' | 'gray';
  title: string;
  /** Stable code of an error. */
  code?: string;
  /** What to do next. */
  next?: string | undefined;
  children?: ReactNode;
}

/** A failure or a remark that belongs to what stands around it. */
export function Notice({ tone, title, code, next, children }: Props) {
  const Picture = tone === 'gray' ? IconInfoCircle : IconAlertTriangle;
  return (
    <div className={classes.notice} data-tone={tone}>
      <Picture size={15} stroke={1.8} aria-hidden="true" />
      <div className={classes.body}>
        <p className={classes.title}>
          {title}
          {code && <code>{code}</code>}
        </p>
        {next && (
          <p>
            <WithCode text={next} />
          </p>
        )}
        {children}
      </div>
    </div>
  );
}
