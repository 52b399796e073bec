import { TextInput, UnstyledButton } from '@mantine/core';
import { IconArrowBackUp, IconArrowForwardUp } from '@tabler/icons-react';
import { type RefObject, useEffect, useState } from 'react';
import { Kbd } from '../../components/Kbd.js';
import classes from './compare-page.module.css';
import { type Preferred, type useComparison, words } from './use-comparison.js';

const choices: readonly { preferred: Preferred; key: string }[] = [
  { preferred: 'a', key: 'A' },
  { preferred: 'b', key: 'B' },
  { preferred: 'tie', key: 'T' },
  { preferred: 'both_bad', key: 'X' },
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
  const { own, others, busy, say, undo, redo } = comparison;
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
        {choices.map(({ preferred, key }) => (
          <UnstyledButton
            key={preferred}
            className={classes.choice}
            aria-pressed={own?.preferred === preferred}
            disabled={busy}
            onClick={() => onSay(preferred)}
          >
            {words[preferred]} <Kbd small>{key}</Kbd>
          </UnstyledButton>
        ))}
        <TextInput
          ref={field}
          className={classes.reason}
          size="xs"
          aria-label="Reason"
          placeholder="Reason"
          maxLength={20_000}
          rightSection={<Kbd small>R</Kbd>}
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
        <UnstyledButton className={classes.choice} onClick={undo}>
          <IconArrowBackUp size={14} aria-hidden /> Undo <Kbd small>U</Kbd>
        </UnstyledButton>
        <UnstyledButton className={classes.choice} onClick={redo}>
          <IconArrowForwardUp size={14} aria-hidden /> Redo <Kbd small>⇧U</Kbd>
        </UnstyledButton>
        <UnstyledButton className={classes.choice} disabled={onNext === null} onClick={() => onNext?.()}>
          Next pair <Kbd small>]</Kbd>
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
