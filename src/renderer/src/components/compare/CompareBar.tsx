import { Button } from '@mantine/core';
import { keyHint } from '../../navigation/shortcuts.js';
import { Kbd } from '../Kbd.js';
import classes from './compare.module.css';
import type { Counts } from './rows.js';

interface Props {
  names: { a: string; b: string };
  counts: Counts;
  /** Which difference is looked at, from 1; null between them. */
  place: number | null;
  total: number;
  fold: boolean;
  onNext(): void;
  onPrevious(): void;
  onFold(): void;
}

/** How the two differ in numbers, and the way from difference to difference. */
export function CompareBar({ names, counts, place, total, fold, onNext, onPrevious, onFold }: Props) {
  const only = (count: number, name: string) => `${count.toLocaleString('en')} only in ${name}`;
  return (
    <div className={classes.bar}>
      <span>
        {counts.same.toLocaleString('en')} equal · {counts.changed.toLocaleString('en')} changed ·{' '}
        {only(counts.a, names.a)} · {only(counts.b, names.b)}
      </span>
      <span className={classes.where} role="status">
        {total === 0
          ? 'No difference'
          : place === null
            ? `${total.toLocaleString('en')} differences`
            : `Difference ${place.toLocaleString('en')} of ${total.toLocaleString('en')}`}
      </span>
      <Button
        variant="default"
        size="compact-xs"
        disabled={total === 0}
        rightSection={<Kbd small>{keyHint('difference.previous')}</Kbd>}
        onClick={onPrevious}
      >
        Previous
      </Button>
      <Button
        variant="default"
        size="compact-xs"
        disabled={total === 0}
        rightSection={<Kbd small>{keyHint('difference.next')}</Kbd>}
        onClick={onNext}
      >
        Next
      </Button>
      <Button
        variant="default"
        size="compact-xs"
        aria-pressed={fold}
        rightSection={<Kbd small>{keyHint('difference.fold')}</Kbd>}
        onClick={onFold}
      >
        Fold equal steps
      </Button>
    </div>
  );
}
