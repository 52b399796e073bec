import { Kbd } from './Kbd.js';
import classes from './KeyHints.module.css';

/** The keys of a page, in one quiet line at its foot. */
export function KeyHints({ hints }: { hints: [keys: string, what: string][] }) {
  return (
    <footer className={classes.hints}>
      {hints.map(([keys, what]) => (
        <span key={keys}>
          {keys.split(' ').map((key) => (
            <Kbd key={key}>{key}</Kbd>
          ))}{' '}
          {what}
        </span>
      ))}
    </footer>
  );
}
