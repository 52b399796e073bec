import type { FindingContext } from '../../../../../shared/model/index.js';
import classes from './findings.module.css';

/** Stored text around a placeholder, as text. The value is not in it and not on this disk. */
export function Context({ context, whole = false }: { context: FindingContext | null; whole?: boolean }) {
  if (context === null) return <span className="dim">The text around it cannot be shown.</span>;
  return (
    <span className={whole ? classes.whole : classes.context}>
      {whole ? context.before : <span className={classes.before}>{context.before.slice(-28)}</span>}
      <mark>{context.replacement}</mark>
      {context.after}
    </span>
  );
}
