import { NumberInput, TextInput } from '@mantine/core';
import type { ExportOptions } from '../../../../shared/model/index.js';
import classes from './dataset-options.module.css';

export type ContextLimit = NonNullable<ExportOptions['context']>;

/** How long rows may be: what is longer is counted, with what the trainer would do to it. */
export function ContextFields({
  value,
  onChange,
}: {
  value: ContextLimit | null;
  onChange(value: ContextLimit | null): void;
}) {
  return (
    <div role="group" aria-label="Context limit" className={classes.fields}>
      <NumberInput
        label="Context limit"
        placeholder="None"
        suffix=" tokens"
        thousandSeparator=","
        allowDecimal={false}
        min={1}
        value={value?.tokens ?? ''}
        onChange={(tokens) =>
          onChange(
            typeof tokens === 'number' && tokens > 0 ? { tokenizer: value?.tokenizer ?? 'o200k_base', tokens } : null,
          )
        }
      />
      {value !== null && (
        <TextInput
          label="Tokenizer"
          description="o200k_base, o200k_harmony, cl100k_base, or a tokenizer.json on the engine’s machine"
          value={value.tokenizer}
          maxLength={4096}
          onChange={(event) => onChange({ ...value, tokenizer: event.currentTarget.value })}
        />
      )}
    </div>
  );
}
