import type { ReactNode } from 'react';
import classes from './layout.module.css';

interface Props {
  onSubmit(): void;
  children: ReactNode;
}

/** A form whose fields stand two and two beside each other, from one height on: of a pair both have a description, or none has. */
export function FieldGrid({ onSubmit, children }: Props) {
  return (
    <form
      noValidate
      className={classes.fieldGrid}
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      {children}
    </form>
  );
}

/** What takes both columns of a `FieldGrid`. */
export function Wide({ children }: { children: ReactNode }) {
  return <div className={classes.wide}>{children}</div>;
}
