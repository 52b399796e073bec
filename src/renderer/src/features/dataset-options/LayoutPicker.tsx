import { useMemo } from 'react';
import type { DatasetChoices, ExportOptions, PackageId, TrainerId } from '../../../../shared/model/index.js';
import { Choices } from './Choices.js';
import { useDatasetChoices } from './use-choices.js';

type LayoutId = ExportOptions['layout'];

interface Props {
  /** Whose examples are written: layouts that cannot hold them are not offered. */
  packages: readonly PackageId[];
  /** Only what this trainer reads. */
  trainer?: TrainerId | null;
  value: readonly LayoutId[];
  single?: boolean;
  onChange(value: LayoutId[]): void;
}

/** Row shapes that make sense for the packages, under the trainers that read them. */
export function LayoutPicker({ packages, trainer = null, value, single = false, onChange }: Props) {
  const choices = useDatasetChoices();
  const groups = useMemo(() => layoutGroups(choices, packages, trainer), [choices, packages, trainer]);
  return (
    <Choices
      label={single ? 'Layout' : 'Layouts'}
      hint={
        packages.length === 0
          ? 'How rows look.'
          : 'How rows look. None: each package in its own. Those that cannot hold the packages are left out.'
      }
      groups={groups}
      value={value}
      single={single}
      searchable
      onChange={onChange}
    />
  );
}

/** Layouts that every one of the packages can be written in. */
export function fittingLayouts(choices: DatasetChoices, packages: readonly PackageId[]): LayoutId[] {
  const named = choices.packages.filter(({ id }) => packages.includes(id));
  return choices.layouts.map(({ id }) => id).filter((id) => named.every(({ layouts }) => layouts.includes(id)));
}

/** Fitting layouts by the trainers that read them; those that nobody's rules are known for stand last. */
export function layoutGroups(choices: DatasetChoices, packages: readonly PackageId[], trainer: TrainerId | null) {
  const fitting = new Set(fittingLayouts(choices, packages));
  const titles = new Map(choices.trainers.map(({ id, title }) => [id, title]));
  const groups = new Map<string, DatasetChoices['layouts']>();
  for (const layout of choices.layouts) {
    if (!fitting.has(layout.id) || (trainer !== null && !layout.trainers.includes(trainer))) continue;
    const title = layout.trainers.map((id) => titles.get(id) ?? id).join(', ') || 'Others';
    groups.set(title, [...(groups.get(title) ?? []), layout]);
  }
  return [...groups]
    .map(([title, layouts]) => ({
      title,
      choices: layouts.map(({ id, title: name, description }) => ({ id, title: name, description, mark: id })),
    }))
    .sort((a, b) => Number(a.title === 'Others') - Number(b.title === 'Others'));
}
