import type { CSSProperties } from 'react';
import classes from './layout.module.css';

const widths = ['38%', '52%', '30%', '46%', '24%', '58%', '34%', '42%'];

/** Grey lines where rows will stand. */
export function LoadingState({ label = 'Loading', lines = 8 }: { label?: string; lines?: number }) {
  return (
    <div className={classes.skeleton} role="status" aria-live="polite">
      <span className="sr-only">{label}</span>
      {Array.from({ length: lines }, (_, index) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines have no identity
          key={index}
          className={classes.line}
          style={{ '--width': widths[index % widths.length] } as CSSProperties}
          aria-hidden="true"
        />
      ))}
    </div>
  );
}
