import type { FindingContext } from '../../../../../shared/model/index.js';
import classes from './findings.module.css';

/** Stored text around a placeholder, as text. The value is not in it and not on this disk. */
export function Context({ context, whole = false }: { context: FindingContext | null; whole?: boolean }) {
  if (context === null) return <span className="dim">The text around it cannot be shown.</span>;
  // In a line of a list the placeholder must stay in sight.
  const before = whole ? context.before : context.before.slice(-28);
  return (
    <span className={whole ? classes.whole : classes.context}>
      {before}
      <mark>{context.replacement}</mark>
      {context.after}
    </span>
  );
}
