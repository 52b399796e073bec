import type { FindingContext } from '../../../../../shared/model/index.js';
import classes from './findings.module.css';

/** Stored text around a placeholder, as text. The value is not in it and not on this disk. */
export function Context({ context, whole = false }: { context: FindingContext | null; whole?: boolean }) {
  if (context === null) return <span className="dim">The text around it cannot be shown.</span>;
  const { before, replacement, after } = context;
  if (whole) {
    return (
      <span className={classes.whole}>
        {before}
        <mark>{replacement}</mark>
        {after}
      </span>
    );
  }
  return (
    <span className={classes.context}>
      <span className={classes.before}>{inOneLine(before.slice(-28))}</span>
      <mark>{replacement}</mark>
      <span className={classes.after}>{inOneLine(after)}</span>
    </span>
  );
}

const inOneLine = (text: string) => text.replaceAll(/\s+/g, ' ');
