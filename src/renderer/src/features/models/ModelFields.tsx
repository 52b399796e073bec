import { Checkbox, NativeSelect, NumberInput } from '@mantine/core';
import type { ReactNode } from 'react';
import type { ModelProfile } from '../../../../shared/model/index.js';
import { hrefTo } from '../../navigation/hash-params.js';
import classes from './models.module.css';

/** Profiles that may be asked: somebody agreed to what leaves. */
export const agreedTo = (profiles: readonly ModelProfile[]) => profiles.filter(({ agreed }) => agreed !== null);

const agreeFirst = <a href={hrefTo('/verify/models')}>Agree to what leaves, in Models</a>;

interface ProfileProps {
  profiles: readonly ModelProfile[];
  label: string;
  description?: string;
  /** '' where none is chosen. */
  value: string;
  onChange(name: string): void;
  autofocus?: true;
}

/** Which model is asked. */
export function ProfileField({ profiles, label, description, value, onChange, autofocus }: ProfileProps) {
  const agreed = agreedTo(profiles);
  return (
    <NativeSelect
      {...(autofocus && { 'data-autofocus': true })}
      label={label}
      description={description}
      disabled={agreed.length === 0}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      data={agreed.map(({ name, model, host }) => ({ value: name, label: `${name} (${model} at ${host})` }))}
      error={agreed.length === 0 && agreeFirst}
    />
  );
}

interface ChecksProps {
  profiles: readonly ModelProfile[];
  legend: ReactNode;
  chosen: readonly string[];
  onChange(names: string[]): void;
}

/** Which models are asked, each by itself. */
export function ProfileChecks({ profiles, legend, chosen, onChange }: ChecksProps) {
  return (
    <fieldset className={classes.profiles}>
      <legend>{legend}</legend>
      {profiles.map(({ name, model, host, agreed }) => (
        <Checkbox
          key={name}
          label={name}
          description={
            agreed === null ? `${model}: nobody agreed yet that text is sent to ${host}` : `${model} at ${host}`
          }
          disabled={agreed === null}
          checked={chosen.includes(name)}
          onChange={(event) => {
            const on = event.currentTarget.checked;
            onChange(on ? [...chosen, name] : chosen.filter((each) => each !== name));
          }}
        />
      ))}
      {agreedTo(profiles).length === 0 && agreeFirst}
    </fieldset>
  );
}

interface BudgetProps {
  /** US dollars; null: no limit. */
  value: number | null;
  onChange(usd: number | null): void;
  /** What is meant by it here. */
  about?: string;
}

/** What may be spent. */
export function BudgetField({ value, onChange, about = 'Nothing is sent beyond it.' }: BudgetProps) {
  return (
    <NumberInput
      label="Budget, USD"
      description={`Empty: no limit. ${about}`}
      min={0}
      step={0.1}
      value={value ?? ''}
      onChange={(next) => onChange(typeof next === 'number' ? next : null)}
    />
  );
}
