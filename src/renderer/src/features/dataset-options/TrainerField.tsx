import { Select } from '@mantine/core';
import type { ExportOptions, TrainerId } from '../../../../shared/model/index.js';
import { useDatasetChoices } from './use-choices.js';

interface Props {
  /** What is written: trainers that read none of it are not offered. None: every trainer. */
  layouts?: readonly ExportOptions['layout'][];
  label?: string;
  value: TrainerId | null;
  onChange(value: TrainerId | null): void;
}

/** Whose rules the rows are checked by. */
export function TrainerField({ layouts, label = 'Trainer', value, onChange }: Props) {
  const { trainers } = useDatasetChoices();
  const readers = trainers.filter(
    ({ id, layouts: read }) => id === value || layouts === undefined || read.some((each) => layouts.includes(each)),
  );
  const chosen = trainers.find(({ id }) => id === value);
  return (
    <Select
      label={label}
      description={chosen?.description ?? 'Whose rules each row is checked by: what it would skip, drop or cut.'}
      placeholder="No rules"
      clearable
      data={readers.map(({ id, title }) => ({ value: id, label: title }))}
      value={value}
      onChange={(id) => onChange(id as TrainerId | null)}
    />
  );
}
