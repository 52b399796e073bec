import { MultiSelect, Select } from '@mantine/core';
import {
  balanceFields,
  type ExportOptions,
  type Reasoning,
  type SubagentPlace,
} from '../../../../shared/model/index.js';
import classes from './dataset-options.module.css';
import { useDatasetChoices } from './use-choices.js';

export interface RowChoices {
  /** Null: what each layout does by itself. */
  reasoning: Reasoning | null;
  subagents: SubagentPlace | null;
  /** Groups of traces that are capped at the size of the median one; empty: none are. */
  balance: NonNullable<ExportOptions['balance']>;
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

interface Props {
  /** What is written: only what all of it can do is offered. */
  layouts: readonly ExportOptions['layout'][];
  value: RowChoices;
  onChange(value: RowChoices): void;
}

/** What rows carry of the reasoning, where subagents go, and which groups are capped. */
export function RowFields({ layouts, value, onChange }: Props) {
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
      </div>
      {value.balance.length > 0 && (
        <p className={classes.hint}>
          Groups of traces are capped at the size of the median one; quality.json counts what that leaves out.
        </p>
      )}
    </div>
  );
}
