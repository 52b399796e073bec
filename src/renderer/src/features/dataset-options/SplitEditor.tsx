import { ActionIcon, Button, NumberInput, Switch, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import classes from './dataset-options.module.css';
import type { SplitRow } from './split.js';

interface Props {
  /** Null: one file without splits. */
  rows: SplitRow[] | null;
  seed: number;
  problem: string | null;
  onToggle(on: boolean): void;
  onRows(rows: SplitRow[]): void;
  onSeed(seed: number): void;
}

/** Splits with their shares, and the seed that decides which trace goes where. A trace is never torn apart. */
export function SplitEditor({ rows, seed, problem, onToggle, onRows, onSeed }: Props) {
  const change = (at: number, patch: Partial<SplitRow>) =>
    onRows((rows ?? []).map((row, index) => (index === at ? { ...row, ...patch } : row)));
  return (
    <div role="group" aria-label="Split">
      <Switch
        label="Split into parts"
        checked={rows !== null}
        onChange={(event) => onToggle(event.currentTarget.checked)}
      />
      {rows !== null && (
        <div className={classes.split}>
          {rows.map((row, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: names change while they are typed
            <div key={at} className={classes.splitRow}>
              <TextInput
                aria-label={`Name of split ${at + 1}`}
                value={row.name}
                maxLength={32}
                onChange={(event) => change(at, { name: event.currentTarget.value.toLowerCase() })}
              />
              <NumberInput
                aria-label={`Share of split ${at + 1} in percent`}
                value={row.share}
                min={0}
                max={100}
                suffix=" %"
                onChange={(value) => change(at, { share: Number(value) || 0 })}
              />
              <ActionIcon
                aria-label={`Remove split ${row.name}`}
                disabled={rows.length <= 1}
                onClick={() => onRows(rows.filter((_, index) => index !== at))}
              >
                <IconX size={14} />
              </ActionIcon>
            </div>
          ))}
          <div className={classes.splitFoot}>
            <Button
              variant="subtle"
              size="compact-xs"
              leftSection={<IconPlus size={13} />}
              onClick={() => onRows([...rows, { name: rows.some((row) => row.name === 'val') ? '' : 'val', share: 0 }])}
            >
              Add
            </Button>
            <NumberInput
              label="Seed"
              className={classes.seed}
              value={seed}
              allowDecimal={false}
              onChange={(value) => onSeed(Number(value) || 0)}
            />
          </div>
          {problem !== null && (
            <p className={classes.problem} role="alert">
              {problem}
            </p>
          )}
        </div>
      )}
    </div>
  );
}
