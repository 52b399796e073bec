import classes from './ShareBar.module.css';

/** A share from 0 to 1 as a bar; what it says stands beside it in words. */
export function ShareBar({ share }: { share: number }) {
  return (
    <span className={classes.bar} aria-hidden="true">
      <span style={{ width: `${Math.max(0, Math.min(1, share)) * 100}%` }} />
    </span>
  );
}
