import { TextInput, UnstyledButton } from '@mantine/core';
import { IconArrowBackUp, IconArrowForwardUp } from '@tabler/icons-react';
import { type RefObject, useEffect, useState } from 'react';
import { Kbd } from '../../components/Kbd.js';
import { keyHint, type ShortcutId } from '../../navigation/shortcuts.js';
import { useActs } from '../review/index.js';
import classes from './compare-page.module.css';
import { type Preferred, type useComparison, words } from './use-comparison.js';

const choices: readonly { preferred: Preferred; shortcut: ShortcutId }[] = [
  { preferred: 'a', shortcut: 'compare.a' },
  { preferred: 'b', shortcut: 'compare.b' },
  { preferred: 'tie', shortcut: 'compare.tie' },
  { preferred: 'both_bad', shortcut: 'compare.neither' },
];

interface Props {
  comparison: ReturnType<typeof useComparison>;
  reason: string;
  onReason(reason: string): void;
  onSay(preferred: Preferred): void;
  field: RefObject<HTMLInputElement | null>;
  /** Why no pair comes of it, whatever is said; null where one can. */
  noPair: string | null;
  onNext: (() => void) | null;
}

/** Which of the two is better, and what comes of saying it. */
export function DecisionBar({ comparison, reason, onReason, onSay, field, noPair, onNext }: Props) {
  const { own, others, busy, say } = comparison;
  const { undo, redo } = useActs();
  const [typed, setTyped] = useState(false);
  // What is stored stands there until somebody types.
  useEffect(() => {
    if (!typed && own) onReason(own.reason);
  }, [own, typed, onReason]);
  const leave = () => {
    if (typed && own && own.reason !== reason) say(own.preferred, reason);
    setTyped(false);
  };
  return (
    <footer className={classes.decision}>
      <div className={classes.choices} role="group" aria-label="Which is better">
        {choices.map(({ preferred, shortcut }) => (
          <UnstyledButton
            key={preferred}
            className={classes.choice}
            aria-pressed={own?.preferred === preferred}
            disabled={busy}
            onClick={() => onSay(preferred)}
          >
            {words[preferred]} <Kbd small>{keyHint(shortcut)}</Kbd>
          </UnstyledButton>
        ))}
        <TextInput
          ref={field}
          className={classes.reason}
          size="xs"
          aria-label="Reason"
          placeholder="Reason"
          maxLength={20_000}
          rightSection={<Kbd small>{keyHint('compare.reason')}</Kbd>}
          value={reason}
          onChange={(event) => {
            setTyped(true);
            onReason(event.currentTarget.value);
          }}
          onBlur={leave}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' && event.key !== 'Escape') return;
            event.preventDefault();
            event.currentTarget.blur();
          }}
        />
        <UnstyledButton className={classes.choice} onClick={() => void undo()}>
          <IconArrowBackUp size={14} aria-hidden /> Undo <Kbd small>{keyHint('undo')}</Kbd>
        </UnstyledButton>
        <UnstyledButton className={classes.choice} onClick={() => void redo()}>
          <IconArrowForwardUp size={14} aria-hidden /> Redo <Kbd small>{keyHint('redo')}</Kbd>
        </UnstyledButton>
        <UnstyledButton className={classes.choice} disabled={onNext === null} onClick={() => onNext?.()}>
          Next pair <Kbd small>{keyHint('pair.next')}</Kbd>
        </UnstyledButton>
      </div>
      <p className={classes.yield}>
        {own === null ? 'Nothing said yet. ' : ''}
        {own?.stale ? 'One of the two has grown since this was said. ' : ''}
        {yields(own?.preferred ?? null, noPair)}
        {others.map(({ reviewer, preferred }) => ` ${reviewer}: ${words[preferred]}.`)}
      </p>
    </footer>
  );
}

/** What comes of it in a dataset with the package `preference`. */
function yields(preferred: Preferred | null, noPair: string | null): string {
  if (noPair !== null) return noPair;
  if (preferred === 'a' || preferred === 'b') {
    const [chosen, rejected] = preferred === 'a' ? ['A', 'B'] : ['B', 'A'];
    return `One preference pair: ${chosen} chosen, ${rejected} rejected, from where they part (package preference).`;
  }
  if (preferred === null) return 'A or B gives one preference pair: chosen and rejected, from where the two part.';
  return 'No preference pair comes of it; it counts as looked at.';
}
