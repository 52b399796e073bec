import type { ReactNode } from 'react';
import classes from './layout.module.css';

interface SectionProps {
  title?: ReactNode;
  /** Buttons at the right of the title. */
  actions?: ReactNode;
  /** Names it for screen readers, where it has no title. */
  label?: string;
  children: ReactNode;
}

/** One part of a side panel; lines set it apart from the next. */
export function PanelSection({ title, actions, label, children }: SectionProps) {
  return (
    <section className={classes.panelSection} aria-label={label}>
      {(title !== undefined || actions) && (
        <h3 className={classes.panelHeading}>
          <span>{title}</span>
          {actions}
        </h3>
      )}
      {children}
    </section>
  );
}

/** Captured content, set apart from the page's own words. */
export function Framed({ children }: { children: ReactNode }) {
  return <div className={classes.framed}>{children}</div>;
}

/** A method and the address it went to. */
export function RequestLine({ method, children }: { method: string; children: ReactNode }) {
  return (
    <p className={classes.requestLine}>
      <b>{method}</b> {children}
    </p>
  );
}
