import { NumberInput } from '@mantine/core';
import type { Quotas } from '../../../../shared/model/oracle.js';
import { Wide } from '../../components/layout/FieldGrid.js';
import classes from './oracle.module.css';

const shapes = [
  ['single', 'One call, %'],
  ['chain', 'One after another, %'],
  ['dag', 'With branches, %'],
] as const;

/** What is filled in: percent, and calls. */
export type Parts = { [part in (typeof shapes)[number][0] | 'calls']?: number };

/** Null: as the sampler has it. */
export function quotasOf({ calls, ...percent }: Parts): Quotas | null {
  const shares = Object.entries(percent).filter(([, share]) => share > 0);
  if (shares.length === 0 && calls === undefined) return null;
  return {
    ...(shares.length === 0
      ? {}
      : { shapes: Object.fromEntries(shares.map(([shape, share]) => [shape, share / 100])) }),
    ...(calls === undefined ? {} : { calls_per_trace: calls }),
  };
}

/** Which shapes of calls are to come how often, and how many calls a trace has. */
export function QuotaFields({ parts, onChange }: { parts: Parts; onChange(parts: Parts): void }) {
  const field = (part: keyof Parts, label: string, most: number) => (
    <NumberInput
      key={part}
      label={label}
      min={part === 'calls' ? 1 : 0}
      max={most}
      value={parts[part] ?? ''}
      onChange={(value) => {
        const { [part]: _, ...others } = parts;
        onChange(typeof value === 'number' ? { ...others, [part]: value } : others);
      }}
    />
  );
  return (
    <Wide>
      <details className={classes.outcome}>
        <summary>Shapes of the calls</summary>
        <div className={classes.quotas}>
          {shapes.map(([shape, label]) => field(shape, label, 100))}
          {field('calls', 'Calls a trace, on average', 20)}
        </div>
        <p className={classes.note}>Empty: as the sampler has it. What a domain cannot give is named in the report.</p>
      </details>
    </Wide>
  );
}
