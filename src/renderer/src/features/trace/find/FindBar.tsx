import { ActionIcon, Tooltip, UnstyledButton } from '@mantine/core';
import { IconChevronDown, IconChevronUp, IconSearch, IconX } from '@tabler/icons-react';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { longestNeedle } from '../../../../../shared/text-find.js';
import classes from './find.module.css';
import type { Find } from './use-find.js';

/** So long a pause in typing, in milliseconds, is taken for the end of it. */
const pauseMs = 250;

/** Finds a text in the trace. Enter goes to a place and into the conversation, where n and N go on. */
export function FindBar({ find, focusAt, onLeave }: { find: Find; focusAt: number; onLeave(): void }) {
  const input = useRef<HTMLInputElement>(null);
  const [draft, setDraft] = useState(find.text);
  const sent = useRef(find.text);
  useEffect(() => {
    if (find.text !== sent.current) setDraft(find.text);
    sent.current = find.text;
  }, [find.text]);
  useEffect(() => {
    if (focusAt === 0) return;
    input.current?.focus();
    input.current?.select();
  }, [focusAt]);

  const commit = (text: string): boolean => {
    if (text === sent.current) return false;
    sent.current = text;
    find.setText(text);
    return true;
  };
  const latest = useRef(commit);
  latest.current = commit;
  useEffect(() => {
    const timer = setTimeout(() => latest.current(draft), pauseMs);
    return () => clearTimeout(timer);
  }, [draft]);

  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'Enter') {
      // A text that was not asked for yet is gone to once the answer is there.
      if (!commit(draft)) (event.shiftKey ? find.previous : find.next)();
      if (draft.trim() !== '') onLeave();
    } else if (event.key === 'Escape') {
      if (draft === '') find.close();
      onLeave();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <search className={classes.bar} aria-label="Find in this trace">
      <IconSearch size={14} stroke={1.8} className={classes.icon} aria-hidden />
      <input
        ref={input}
        className={classes.input}
        type="text"
        aria-label="Find in this trace"
        placeholder="Find in this trace"
        maxLength={longestNeedle}
        autoComplete="off"
        spellCheck={false}
        value={draft}
        onChange={(event) => setDraft(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <span className={classes.count} role="status">
        {countOf(find)}
      </span>
      <UnstyledButton className={classes.whole} aria-pressed={find.whole} onClick={() => find.setWhole(!find.whole)}>
        Whole words
      </UnstyledButton>
      <Tooltip label="Previous (N)">
        <ActionIcon size={24} aria-label="Previous place" disabled={find.steps === 0} onClick={find.previous}>
          <IconChevronUp size={15} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Next (n)">
        <ActionIcon size={24} aria-label="Next place" disabled={find.steps === 0} onClick={find.next}>
          <IconChevronDown size={15} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Close (Esc)">
        <ActionIcon
          size={24}
          aria-label="Close the search"
          onClick={() => {
            find.close();
            onLeave();
          }}
        >
          <IconX size={14} />
        </ActionIcon>
      </Tooltip>
    </search>
  );
}

function countOf({ active, waiting, steps, hits, position }: Find): string {
  if (!active) return '';
  if (waiting) return 'Searching…';
  if (hits === 0) return 'Nothing found';
  const place = position < 0 ? '' : `${(position + 1).toLocaleString('en')} of `;
  const times = hits.toLocaleString('en');
  return `${place}${steps.toLocaleString('en')} ${steps === 1 ? 'step' : 'steps'}, ${times} ${hits === 1 ? 'time' : 'times'}`;
}
