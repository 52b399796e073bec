import { ActionIcon } from '@mantine/core';
import { IconSearch, IconX } from '@tabler/icons-react';
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import type { QueryScope } from '../../../shared/query/index.js';
import { keyHint, keysOf } from '../navigation/shortcuts.js';
import { focusList } from './focus-list.js';
import { Kbd } from './Kbd.js';
import classes from './QueryBar.module.css';
import { checkQuery, queryProblem } from './query-check.js';
import { SavedFilters } from './SavedFilters.js';
import { useCompletion } from './use-completion.js';
import { useEscape } from './use-escape.js';
import { useKeydown } from './use-keydown.js';

interface Props {
  scope: QueryScope;
  /** The query in force. */
  value: string;
  /** Called with a query that parses: shortly after the last key, at once on Enter. */
  onChange: (query: string) => void;
  placeholder?: string;
  /** What was thrown for the query in force, where the engine found more than the parser here. */
  error?: unknown;
  /** Adds the menu of saved filters. */
  savedFilters?: boolean;
}

const placeholders: Record<QueryScope, string> = {
  traces: 'Filter traces:  tool:bash status:error model:gpt* "exact words"',
  tool_calls: 'Filter tool calls:  tool:bash status:error duration>5s',
  exchanges: 'Filter exchanges:  host:api.openai.com status:4xx ttft>2s',
};

/** The query language's input: marks the offending word, completes fields and values; `/` focuses it. */
export function QueryBar({ scope, value, onChange, placeholder, error, savedFilters = false }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const under = useRef<HTMLDivElement>(null);
  const listId = useId();
  const [draft, setDraft] = useState(value);
  const [caret, setCaret] = useState(0);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const parsed = useMemo(() => checkQuery(scope, draft), [scope, draft]);
  const found = parsed ?? (draft.trim() === value ? queryProblem(error) : null);
  const suggestions = useCompletion(scope, draft, caret, open);
  // A term that is still being written is no mistake yet.
  const unfinished = open && suggestions.length > 0 && found !== null && found.end >= draft.trimEnd().length - 1;
  const problem = unfinished ? null : found;

  // A query set from outside (a saved filter, a link) shows; what is being typed stays.
  const sent = useRef(value);
  useEffect(() => {
    if (value !== sent.current) setDraft(value);
    sent.current = value;
  }, [value]);

  const commit = (text: string) => {
    if (text.trim() === sent.current || checkQuery(scope, text)) return;
    sent.current = text.trim();
    onChange(text.trim());
  };
  const latestCommit = useRef(commit);
  latestCommit.current = commit;
  useEffect(() => {
    const timer = setTimeout(() => latestCommit.current(draft), 350);
    return () => clearTimeout(timer);
  }, [draft]);

  useKeydown((key) => {
    if (!keysOf('search.focus').includes(key)) return false;
    input.current?.focus();
    input.current?.select();
    return true;
  });

  const clear = () => {
    setDraft('');
    commit('');
  };
  useEscape('query', draft === '' ? null : clear);

  const accept = (index: number) => {
    const chosen = suggestions[index];
    if (!chosen) return;
    const head = draft.slice(0, chosen.start) + chosen.insert + (chosen.finished ? ' ' : '');
    const rest = draft.slice(chosen.end).replace(/^[^\s()]*/, '');
    setDraft(head + (chosen.finished ? rest.trimStart() : rest));
    setCaret(head.length);
    setActive(-1);
    setOpen(!chosen.finished);
    requestAnimationFrame(() => input.current?.setSelectionRange(head.length, head.length));
  };

  const leave = () => input.current && focusList(input.current);
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const listed = open && suggestions.length > 0;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      setOpen(true);
      const step = event.key === 'ArrowDown' ? 1 : -1;
      // One place beside the list is the text itself.
      if (listed) setActive(((active + 1 + step + suggestions.length + 1) % (suggestions.length + 1)) - 1);
    } else if (
      event.key === 'Tab' &&
      listed &&
      !event.shiftKey &&
      (active >= 0 || !/(^|\s)$/.test(draft.slice(0, caret)))
    ) {
      accept(Math.max(active, 0));
    } else if (event.key === 'Enter') {
      if (listed && active >= 0) accept(active);
      else {
        setOpen(false);
        commit(draft);
        if (checkQuery(scope, draft) === null) leave();
      }
    } else if (event.key === 'Escape') {
      if (open && listed) setOpen(false);
      else leave();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const popup = open && suggestions.length > 0;
  return (
    <div className={classes.bar} role="search">
      <div className={classes.field} data-invalid={problem ? true : undefined}>
        <IconSearch size={14} stroke={1.8} className={classes.icon} aria-hidden="true" />
        <div className={classes.text}>
          <div className={classes.under} ref={under} aria-hidden="true">
            {problem && (
              <>
                {draft.slice(0, problem.start)}
                <span className={classes.wrong}>{draft.slice(problem.start, problem.end) || ' '}</span>
              </>
            )}
          </div>
          <input
            ref={input}
            className={classes.input}
            role="combobox"
            aria-label="Query"
            aria-expanded={popup}
            aria-controls={listId}
            aria-autocomplete="list"
            aria-activedescendant={active >= 0 && popup ? `${listId}-${active}` : undefined}
            aria-invalid={problem !== null}
            aria-describedby={problem ? `${listId}-problem` : undefined}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            // A dialog that it stands in is the layer below it.
            data-mantine-stop-propagation
            placeholder={placeholder ?? placeholders[scope]}
            value={draft}
            onChange={(event) => {
              setDraft(event.currentTarget.value);
              setCaret(event.currentTarget.selectionStart ?? 0);
              setOpen(true);
              setActive(-1);
            }}
            onSelect={(event) => setCaret(event.currentTarget.selectionStart ?? 0)}
            onScroll={(event) => under.current?.scrollTo({ left: event.currentTarget.scrollLeft })}
            onKeyDown={onKeyDown}
            onClick={() => setOpen(true)}
            onBlur={() => {
              setOpen(false);
              commit(draft);
            }}
          />
        </div>
        {draft !== '' ? (
          <ActionIcon
            size={20}
            className={classes.clear}
            aria-label="Clear the query"
            onClick={() => {
              clear();
              input.current?.focus();
            }}
          >
            <IconX size={13} />
          </ActionIcon>
        ) : (
          <span className={classes.slash} aria-hidden="true">
            <Kbd>{keyHint('search.focus')}</Kbd>
          </span>
        )}
        {/* biome-ignore lint/a11y/noStaticElementInteractions: a press here must not take the focus from the input */}
        <div className={classes.popup} hidden={!popup} onMouseDown={(event) => event.preventDefault()}>
          <div className={classes.options} role="listbox" id={listId} aria-label="Completions">
            {suggestions.map((suggestion, index) => (
              <div
                key={suggestion.label}
                id={`${listId}-${index}`}
                className={classes.option}
                role="option"
                aria-selected={index === active}
                ref={(element) => {
                  if (index === active) element?.scrollIntoView({ block: 'nearest' });
                }}
                onMouseEnter={() => setActive(index)}
                onClick={() => accept(index)}
              >
                <code className="ellipsis">{suggestion.label}</code>
                <span className={`${classes.detail} ellipsis`}>{suggestion.detail}</span>
              </div>
            ))}
          </div>
        </div>
      </div>
      {savedFilters && (
        <SavedFilters
          scope={scope}
          query={value}
          onApply={(query) => {
            setDraft(query);
            sent.current = query;
            onChange(query);
          }}
        />
      )}
      {problem && (
        <div className={classes.problem} id={`${listId}-problem`} role="status">
          {problem.message}
        </div>
      )}
    </div>
  );
}
