import { Group, Select, TextInput } from '@mantine/core';
import { executionModes } from '../../../../shared/model/index.js';
import type { Purpose } from './run-purpose.js';

/** What the traces of the run are made for: it goes into the lines below. */
export function RunPurpose({ value, onChange }: { value: Purpose; onChange(value: Purpose): void }) {
  return (
    <Group align="flex-end" gap="sm" mt="md" role="group" aria-label="What the run is for">
      <TextInput
        label="Scenario"
        description="What its traces are made for; may be left out."
        maxLength={200}
        w={260}
        value={value.scenario}
        onChange={(event) => onChange({ ...value, scenario: event.currentTarget.value })}
      />
      <Select
        label="Mode"
        description="What kind of run it is."
        placeholder="none"
        clearable
        w={200}
        data={[...executionModes]}
        value={value.mode === '' ? null : value.mode}
        onChange={(mode) => onChange({ ...value, mode: mode ?? '' })}
      />
    </Group>
  );
}
