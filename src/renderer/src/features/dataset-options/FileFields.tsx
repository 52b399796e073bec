import { NumberInput, Select } from '@mantine/core';
import type { ExportOptions } from '../../../../shared/model/index.js';
import classes from './dataset-options.module.css';
import { useDatasetChoices } from './use-choices.js';

export interface FileOptions {
  format: ExportOptions['format'];
  /** Null: as the format does. */
  compress: NonNullable<ExportOptions['compress']> | null;
  /** Megabytes; null: as the format does. */
  shard_mb: number | null;
}

/** Kind of file, how it is packed, and when it goes on in another. */
export function FileFields({ value, onChange }: { value: FileOptions; onChange(value: FileOptions): void }) {
  const { formats } = useDatasetChoices();
  const format = formats.find(({ id }) => id === value.format);
  const packed = format?.compress ?? [];
  return (
    <div role="group" aria-label="Files">
      <div className={classes.fields}>
        <Select
          label="File format"
          data={formats.map(({ id, title }) => ({ value: id, label: title }))}
          value={value.format}
          allowDeselect={false}
          onChange={(id) => {
            const next = formats.find((each) => each.id === id);
            if (next === undefined) return;
            const { compress } = value;
            onChange({
              ...value,
              format: next.id,
              compress: compress !== null && next.compress.includes(compress) ? compress : null,
            });
          }}
        />
        <Select
          label="Compression"
          placeholder={packed.length === 0 ? 'No reader takes it packed' : 'As the format does'}
          disabled={packed.length === 0}
          clearable
          data={[...packed]}
          value={value.compress}
          onChange={(compress) => onChange({ ...value, compress: compress as FileOptions['compress'] })}
        />
        <NumberInput
          label="Shard size"
          placeholder={typeof format?.shard_mb === 'number' ? `${format.shard_mb} MB` : 'One file a split'}
          suffix=" MB"
          min={1}
          value={value.shard_mb ?? ''}
          onChange={(size) => onChange({ ...value, shard_mb: typeof size === 'number' && size > 0 ? size : null })}
        />
      </div>
      {format?.description && <p className={classes.hint}>{format.description}</p>}
    </div>
  );
}
