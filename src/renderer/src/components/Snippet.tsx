import { RedactedText } from './RedactedText.js';
import classes from './Snippet.module.css';

/** What was found, marked, in a line of what stands around it. Text of the capture, shown as text. */
export function Snippet({ before, match, after }: { before: string; match: string; after: string }) {
  return (
    <span className={classes.snippet}>
      <RedactedText text={before} />
      <mark>{match}</mark>
      <RedactedText text={after} />
    </span>
  );
}
