import { MultiSelect, Select } from '@mantine/core';
import {
  type Augmentation,
  balanceFields,
  type ExportOptions,
  type Forks,
  forkPlaces,
  type Reasoning,
  type SubagentPlace,
} from '../../../../shared/model/index.js';
import { DerivedFields } from './DerivedFields.js';
import classes from './dataset-options.module.css';
import { useDatasetChoices } from './use-choices.js';

export interface RowChoices {
  /** Null: what each layout does by itself. */
  reasoning: Reasoning | null;
  subagents: SubagentPlace | null;
  /** Groups of traces that are capped at the size of the median one; empty: none are. */
  balance: NonNullable<ExportOptions['balance']>;
  /** Null: every row is as it was captured. */
  augment: Augmentation | null;
  /** Where tasks begin; null: at each answer. */
  forks: Forks | null;
}

const reasoningTitles: Record<Reasoning, string> = {
  keep: 'Kept in every answer',
  strip: 'Left out',
  last: 'Of the last answer alone',
};
const subagentTitles: Record<SubagentPlace, string> = {
  own: 'Rows of their own',
  inlined: 'Within the trace that spawned them',
};

const forkTitles: Record<(typeof forkPlaces)[number], string> = {
  all: 'At each answer of the agent',
  start: 'Before the first answer',
  last: 'At the last answer',
};

interface Props {
  /** What rows are made of; null where no dialog can open, since this is one. */
  query: string | null;
  /** What is written: only what all of it can do is offered. */
  layouts: readonly ExportOptions['layout'][];
  value: RowChoices;
  onChange(value: RowChoices): void;
}

/** What rows carry of the reasoning, where subagents go, and which groups are capped. */
export function RowFields({ query, layouts, value, onChange }: Props) {
  const choices = useDatasetChoices();
  const written = choices.layouts.filter(({ id }) => layouts.includes(id));
  const all = <T extends string>(of: (layout: (typeof written)[number]) => readonly T[], titles: Record<T, string>) =>
    (Object.keys(titles) as T[])
      .filter((each) => written.length > 0 && written.every((layout) => of(layout).includes(each)))
      .map((each) => ({ value: each, label: titles[each] }));
  const byItself = <T extends string>(of: readonly T[], titles: Record<T, string>) =>
    written.length === 1 && of[0] !== undefined
      ? `By itself: ${titles[of[0]].toLowerCase()}`
      : 'As each layout does by itself';
  const reasonings = all(({ reasoning }) => reasoning, reasoningTitles);
  const places = all(({ subagents }) => subagents, subagentTitles);
  return (
    <div role="group" aria-label="Content of rows">
      <div className={classes.fields}>
        <Select
          label="Reasoning"
          placeholder={byItself(written[0]?.reasoning ?? [], reasoningTitles)}
          disabled={reasonings.length < 2 && value.reasoning === null}
          clearable
          data={reasonings}
          value={value.reasoning}
          onChange={(reasoning) => onChange({ ...value, reasoning: reasoning as Reasoning | null })}
        />
        <Select
          label="Subagents"
          placeholder={byItself(written[0]?.subagents ?? [], subagentTitles)}
          disabled={places.length < 2 && value.subagents === null}
          clearable
          data={places}
          value={value.subagents}
          onChange={(subagents) => onChange({ ...value, subagents: subagents as SubagentPlace | null })}
        />
        <MultiSelect
          label="Balance by"
          placeholder={value.balance.length === 0 ? 'Nothing is capped' : ''}
          clearable
          data={[...balanceFields]}
          value={value.balance}
          onChange={(balance) => onChange({ ...value, balance: balance as RowChoices['balance'] })}
        />
        {layouts.includes('harbor-task') && (
          <Select
            label="Tasks begin"
            placeholder={Array.isArray(value.forks) ? `At steps ${value.forks.join(', ')}` : forkTitles.all}
            clearable
            data={forkPlaces.map((place) => ({ value: place, label: forkTitles[place] }))}
            value={typeof value.forks === 'string' ? value.forks : null}
            onChange={(forks) => onChange({ ...value, forks: forks as Forks | null })}
          />
        )}
      </div>
      {value.balance.length > 0 && (
        <p className={classes.hint}>
          Groups of traces are capped at the size of the median one; quality.json counts what that leaves out.
        </p>
      )}
      <DerivedFields query={query} value={value.augment} onChange={(augment) => onChange({ ...value, augment })} />
    </div>
  );
}
