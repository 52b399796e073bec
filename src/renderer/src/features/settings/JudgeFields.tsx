import { NativeSelect, Switch } from '@mantine/core';
import type { Settings } from '../../../../shared/settings.js';
import { useProfiles } from '../models/index.js';

interface Props {
  judge: Settings['judge'];
  readOnly: boolean;
  onChange(judge: Settings['judge']): void;
}

/** Who judges the reasoning of traces that are finalized. */
export function JudgeFields({ judge, readOnly, onChange }: Props) {
  const names = (useProfiles().data ?? []).filter(({ agreed }) => agreed !== null).map(({ name }) => name);
  // A profile that is gone, or that nobody agrees to any more, stays named: it would else be changed by being looked at.
  const known = judge.profile === null || names.includes(judge.profile) ? names : [...names, judge.profile];
  return (
    <>
      <Switch
        label="Judge the reasoning of traces that are finalized"
        description="By the rubric Reasoning. Nothing is sent to a model that nobody agreed to."
        checked={judge.on_finalize}
        disabled={readOnly}
        onChange={(event) => onChange({ ...judge, on_finalize: event.currentTarget.checked })}
      />
      <NativeSelect
        label="Judge"
        value={judge.profile ?? ''}
        disabled={readOnly || !judge.on_finalize}
        styles={{ wrapper: { maxWidth: 320 } }}
        onChange={(event) => onChange({ ...judge, profile: event.currentTarget.value || null })}
        data={[{ value: '', label: 'The only model that is agreed to' }, ...known]}
      />
    </>
  );
}
