import { IconLock, IconRefresh } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Field } from './draft.js';
import { overrideReason } from './overrides.js';
import classes from './settings.module.css';

interface Props {
  field: Field;
  overridden: boolean;
  restartNeeded: boolean;
  /** The focus left it: what stands there is meant. */
  onLeave(): void;
  children: ReactNode;
}

/** A field with what has to be said about it: why it is read-only, or that it waits for a restart. */
export function Setting({ field, overridden, restartNeeded, onLeave, children }: Props) {
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it listens to the fields inside it, and offers nothing itself
    <div
      data-field={field}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) onLeave();
      }}
    >
      {children}
      {overridden && (
        <p className={classes.remark}>
          <IconLock size={13} stroke={1.7} aria-hidden="true" />
          {overrideReason(field)}
        </p>
      )}
      {restartNeeded && (
        <p className={classes.remark} data-tone="amber">
          <IconRefresh size={13} stroke={1.7} aria-hidden="true" />
          Saved. Takes effect when the engine is started again.
        </p>
      )}
    </div>
  );
}
