import type { ReactNode } from 'react';
import classes from './layout.module.css';

interface Props {
  /** Without one it is a part of a page: a tab. */
  title?: ReactNode;
  /** Counts and such beside the title. */
  meta?: ReactNode;
  /** Buttons at the right of the title. */
  actions?: ReactNode;
  /** A strip under the title: the query bar, filters. */
  tools?: ReactNode;
  /** Makes a form of it. */
  onSubmit?: () => void;
  children: ReactNode;
}

/** The frame of a page: title, tools, and a body that fills the rest. */
export function Page({ title, meta, actions, tools, onSubmit, children }: Props) {
  const content = (
    <>
      {title !== undefined && (
        <header className={classes.header}>
          <h1 className={classes.pageTitle}>{title}</h1>
          {meta && <div className={classes.meta}>{meta}</div>}
          {actions && <div className={classes.headerActions}>{actions}</div>}
        </header>
      )}
      {tools && <div className={classes.tools}>{tools}</div>}
      {children}
    </>
  );
  if (!onSubmit) return <div className={classes.page}>{content}</div>;
  return (
    <form
      className={classes.page}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      {content}
    </form>
  );
}
