import { TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useId, useRef, useState } from 'react';
import classes from './dataset-options.module.css';

export interface Choice<Id extends string> {
  id: Id;
  title: string;
  description: string;
  /** At its right: what belongs to it. */
  mark?: string;
}

interface Props<Id extends string> {
  label: string;
  /** Under the label. */
  hint?: string | undefined;
  groups: readonly { title?: string; choices: readonly Choice<Id>[] }[];
  value: readonly Id[];
  /** One of them at most: choosing another takes its place, choosing it again takes it away. */
  single?: boolean;
  /** Adds a field that narrows the list. */
  searchable?: boolean;
  onChange(value: Id[]): void;
}

/** A list to pick from, in groups, with a word on each. Tab goes from one to the next, Space picks. */
export function Choices<Id extends string>(props: Props<Id>) {
  const { label, hint, groups, value, single = false, searchable = false, onChange } = props;
  const [search, setSearch] = useState('');
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  // What is chosen already stands in sight when the list opens.
  const known = groups.length > 0;
  useEffect(() => {
    const chosen = known ? list.current?.querySelector<HTMLElement>('label:has(input:checked)') : null;
    if (chosen && list.current) list.current.scrollTop = chosen.offsetTop - list.current.offsetTop - 40;
  }, [known]);
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = ({ id: name, title, description }: Choice<Id>, group = '') =>
    words.every((word) => `${name} ${title} ${description} ${group}`.toLowerCase().includes(word));
  const shown = groups
    .map(({ title, choices }) => ({ title, choices: choices.filter((choice) => fits(choice, title)) }))
    .filter(({ choices }) => choices.length > 0);
  const pick = (choice: Id, on: boolean) => {
    const others = single ? [] : value.filter((each) => each !== choice);
    onChange(on ? [...others, choice] : others);
  };
  return (
    <div role="group" aria-labelledby={id}>
      <div className={classes.label} id={id}>
        {label}
      </div>
      {hint && <p className={`${classes.hint} ${classes.search}`}>{hint}</p>}
      {searchable && (
        <TextInput
          className={classes.search}
          aria-label={`Search ${label.toLowerCase()}`}
          placeholder="Search"
          leftSection={<IconSearch size={13} />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
      )}
      <div className={classes.choices} ref={list}>
        {shown.length === 0 && <p className={classes.none}>Nothing is called like that. Clear the search.</p>}
        {shown.map(({ title, choices }) => (
          <fieldset key={title ?? ''} className={classes.set} aria-label={title ?? label}>
            {title !== undefined && (
              <p className={classes.group} aria-hidden="true">
                {title}
              </p>
            )}
            {choices.map((choice) => (
              <label key={choice.id} className={classes.choice}>
                <input
                  type="checkbox"
                  checked={value.includes(choice.id)}
                  onChange={(event) => pick(choice.id, event.currentTarget.checked)}
                />
                <span>
                  <b>{choice.title}</b> {choice.description}
                </span>
                {choice.mark !== undefined && <code>{choice.mark}</code>}
              </label>
            ))}
          </fieldset>
        ))}
      </div>
    </div>
  );
}
