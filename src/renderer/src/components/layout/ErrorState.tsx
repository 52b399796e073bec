import { Button } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { describeError } from '../../rpc/errors.js';
import { WithCode } from '../WithCode.js';
import classes from './layout.module.css';

interface Props {
  /** Whatever was thrown. */
  error: unknown;
  onRetry?: () => void;
  title?: string;
}

/** What went wrong, what to do next, and the stable code to search for. */
export function ErrorState({ error, onRetry, title }: Props) {
  const shown = describeError(error);
  return (
    <div className={classes.state} data-tone="red" role="alert">
      <span className={classes.icon} aria-hidden="true">
        <IconAlertTriangle size={20} stroke={1.6} />
      </span>
      <p className={classes.title}>{title ?? shown.message}</p>
      {title && <p className={classes.text}>{shown.message}</p>}
      <p className={classes.text}>
        <WithCode text={shown.next} />
      </p>
      <code className={classes.code}>{shown.code}</code>
      {onRetry && (
        <div className={classes.actions}>
          <Button variant="default" onClick={onRetry}>
            Try again
          </Button>
        </div>
      )}
    </div>
  );
}
