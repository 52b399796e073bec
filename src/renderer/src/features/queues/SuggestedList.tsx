import { Button } from '@mantine/core';
import type { Suggestion } from '../../../../shared/model/index.js';
import { Kbd } from '../../components/Kbd.js';
import { keyHint } from '../../navigation/shortcuts.js';
import classes from './queues.module.css';
import type { Suggested } from './use-suggested.js';

const mostShown = 6;

/** What might be said, greyed until it is taken over, with what it rests on. */
export function SuggestedList({ suggested, onTakeOver }: { suggested: Suggested; onTakeOver(): void }) {
  const { all } = suggested;
  if (all.length === 0) return null;
  return (
    <section className={classes.suggested} aria-label="Suggested">
      <h3>
        Suggested
        <Button
          variant="default"
          size="compact-xs"
          onClick={onTakeOver}
          rightSection={<Kbd small>{keyHint('queue.suggested')}</Kbd>}
        >
          Take over
        </Button>
      </h3>
      <ul>
        {all.slice(0, mostShown).map((each) => (
          <li key={each.suggestion_id}>
            <span className={classes.suggestion}>
              {inWords(each)}
              <span className="num"> {Math.round(each.confidence * 100)} %</span>
            </span>
            <span className={classes.evidence}>{each.evidence}</span>
          </li>
        ))}
      </ul>
      {all.length > mostShown && <p className={classes.evidence}>and {all.length - mostShown} more</p>}
    </section>
  );
}

function inWords({ field, value }: Suggestion): string {
  if (field === 'label') return value === 'accepted' ? 'Accept' : 'Reject';
  if (field === 'rating') return `Rating ${value}`;
  if (field === 'tag') return `Tag ${value}`;
  return `A step is ${value === 1 ? 'right' : value === -1 ? 'wrong' : 'neither'}`;
}
