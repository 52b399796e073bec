import { MultiSelect, NumberInput } from '@mantine/core';
import { useState } from 'react';
import { type Augmentation, type AugmenterId, augmenterIds } from '../../../../shared/model/index.js';
import { LinkButton } from '../../components/LinkButton.js';
import { ExpandDialog } from '../expansions/index.js';
import classes from './dataset-options.module.css';

interface Props {
  /** What rows are made of; null where no dialog can open, since this is one. */
  query: string | null;
  /** Null: every row is as it was captured. */
  value: Augmentation | null;
  onChange(value: Augmentation | null): void;
}

/** What is made of captured rows besides, and how much of it at most. */
export function DerivedFields({ query, value, onChange }: Props) {
  const [expanding, setExpanding] = useState(false);
  return (
    <div role="group" aria-label="Derived rows">
      <div className={classes.fields}>
        <MultiSelect
          label="Derived rows"
          placeholder={value === null ? 'None: all is as it was captured' : ''}
          clearable
          data={augmenterIds.map((id) => ({ value: id, label: titleOf(id) }))}
          value={value?.ids ?? []}
          onChange={(ids) =>
            onChange(
              ids.length === 0
                ? null
                : { share: value?.share ?? 0.2, seed: value?.seed ?? 0, ids: ids as AugmenterId[] },
            )
          }
        />
        {value !== null && (
          <NumberInput
            label="At most, of all rows"
            suffix=" %"
            min={1}
            max={90}
            value={Math.round(value.share * 100)}
            onChange={(share) => typeof share === 'number' && share > 0 && onChange({ ...value, share: share / 100 })}
          />
        )}
      </div>
      {value !== null && (
        <p className={classes.hint}>
          They stand in splits of their own, and augmented.jsonl says of each what it was made of and how.
        </p>
      )}
      {value?.ids.includes('reasoning-expansion') && (
        <p className={classes.hint}>
          Reasoning expansion takes what a model wrote before.{' '}
          {query === null ? (
            <>
              The builder of datasets has it written, or <code>sluice expand</code>.
            </>
          ) : (
            <LinkButton onClick={() => setExpanding(true)}>Have reasoning written</LinkButton>
          )}
        </p>
      )}
      {query !== null && <ExpandDialog query={query} opened={expanding} onClose={() => setExpanding(false)} />}
    </div>
  );
}

function titleOf(id: AugmenterId): string {
  const words = id.replaceAll('-', ' ');
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;
}
