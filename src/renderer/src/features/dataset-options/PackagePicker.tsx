import type { PackageId } from '../../../../shared/model/index.js';
import { Choices } from './Choices.js';
import { useDatasetChoices } from './use-choices.js';

interface Props {
  value: readonly PackageId[];
  single?: boolean;
  onChange(value: PackageId[]): void;
}

/** What is learned from; each with the layout that its examples have where none is chosen. */
export function PackagePicker({ value, single = false, onChange }: Props) {
  const { packages } = useDatasetChoices();
  return (
    <Choices
      label={single ? 'Package' : 'Packages'}
      hint="What is learned from. None: what the layouts take by themselves."
      groups={[{ choices: packages.map(({ layout, ...words }) => ({ ...words, mark: layout })) }]}
      value={value}
      single={single}
      searchable
      onChange={onChange}
    />
  );
}
