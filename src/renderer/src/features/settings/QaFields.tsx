import { NativeSelect, NumberInput, Switch, TextInput } from '@mantine/core';
import type { QaLimits } from '../../../../shared/model/index.js';
import type { QaDraft } from './qa-draft.js';
import classes from './settings.module.css';

interface Props {
  qa: QaDraft;
  errors: Record<string, string>;
  readOnly: boolean;
  onChange(qa: QaDraft): void;
}

const limits: readonly [keyof QaLimits, string][] = [
  ['seconds', 'Seconds'],
  ['memory_mb', 'Memory, MB'],
  ['cpus', 'CPUs'],
  ['pids', 'Processes'],
  ['work_mb', 'Files, MB'],
  ['tmp_mb', '/tmp, MB'],
  ['output_kb', 'Output kept, kB'],
];

/** What runs of tests use where nobody says otherwise. */
export function QaFields({ qa, errors, readOnly, onChange }: Props) {
  const set = (patch: Partial<QaDraft>) => onChange({ ...qa, ...patch });
  const number = (path: string, label: string, value: number, write: (value: number) => void, description?: string) => (
    <NumberInput
      key={path}
      label={label}
      description={description}
      value={Number.isFinite(value) ? value : ''}
      onChange={(next) => write(next === '' ? Number.NaN : Number(next))}
      hideControls
      allowNegative={false}
      readOnly={readOnly}
      error={errors[`qa.${path}`]}
    />
  );
  return (
    <>
      <div className={classes.pair}>
        <TextInput
          label="Image"
          description="For repositories that name none."
          placeholder="none"
          value={qa.image ?? ''}
          readOnly={readOnly}
          error={errors['qa.image']}
          onChange={(event) => set({ image: event.currentTarget.value || null })}
        />
        <TextInput
          label="Runtime"
          description="Such as runsc."
          placeholder="its own"
          value={qa.runtime ?? ''}
          readOnly={readOnly}
          error={errors['qa.runtime']}
          onChange={(event) => set({ runtime: event.currentTarget.value || null })}
        />
      </div>
      <div className={classes.three}>
        {number('repeat.base', 'Times before the change', qa.repeat.base, (base) =>
          set({ repeat: { ...qa.repeat, base } }),
        )}
        {number('repeat.fixed', 'Times after the change', qa.repeat.fixed, (fixed) =>
          set({ repeat: { ...qa.repeat, fixed } }),
        )}
        {number('at_once', 'Runs at once', qa.at_once, (at_once) => set({ at_once }))}
      </div>
      <fieldset className={classes.group}>
        <legend className={classes.label}>Limits of a run</legend>
        <div className={classes.four}>
          {limits.map(([name, label]) =>
            number(`limits.${name}`, label, qa.limits[name], (value) =>
              set({ limits: { ...qa.limits, [name]: value } }),
            ),
          )}
        </div>
      </fieldset>
      <NativeSelect
        label="Where no engine of containers answers"
        value={qa.missing_engine}
        disabled={readOnly}
        styles={{ wrapper: { maxWidth: 320 } }}
        onChange={(event) => set({ missing_engine: event.currentTarget.value as QaDraft['missing_engine'] })}
        data={[
          { value: 'fail', label: 'A run fails, and says what to do' },
          { value: 'wait', label: 'A run waits until there is one' },
        ]}
      />
      <Switch
        label="Run the tests of traces that are finalized"
        description="Where their repository is known. Programs say that a trace is over by POST /traces/:id/finalize."
        checked={qa.on_finalize}
        disabled={readOnly}
        onChange={(event) => set({ on_finalize: event.currentTarget.checked })}
      />
    </>
  );
}
