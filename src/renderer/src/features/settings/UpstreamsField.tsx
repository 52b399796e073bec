import { ActionIcon, Button, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { builtinUpstreams } from '../../../../shared/settings.js';
import type { UpstreamRow } from './draft.js';
import classes from './settings.module.css';

interface Props {
  rows: UpstreamRow[];
  errors: Record<string, string>;
  readOnly: boolean;
  onChange: (rows: UpstreamRow[]) => void;
}

/** Named upstreams of the gateway, beside the built-in ones. */
export function UpstreamsField({ rows, errors, readOnly, onChange }: Props) {
  const set = (id: number, patch: Partial<UpstreamRow>) =>
    onChange(rows.map((row) => (row.id === id ? { ...row, ...patch } : row)));
  return (
    <fieldset className={classes.group}>
      <legend className={classes.label}>Gateway upstreams</legend>
      <p className={classes.help}>
        <code>/NAME/…</code> on the proxy port goes to this URL. A built-in name replaces the built-in one.
      </p>
      {rows.map((row) => (
        <div key={row.id} className={classes.upstreams}>
          <TextInput
            aria-label="Upstream name"
            placeholder="name"
            value={row.name}
            readOnly={readOnly}
            error={row.name === '' && row.url !== '' ? 'Name it' : undefined}
            onChange={(event) => set(row.id, { name: event.currentTarget.value })}
          />
          <TextInput
            aria-label={`URL of upstream ${row.name}`}
            placeholder="https://host/path"
            value={row.url}
            readOnly={readOnly}
            error={errors[`upstreams.${row.name}`]}
            onChange={(event) => set(row.id, { url: event.currentTarget.value })}
          />
          <ActionIcon
            aria-label={`Remove upstream ${row.name}`}
            disabled={readOnly}
            onClick={() => onChange(rows.filter((other) => other.id !== row.id))}
          >
            <IconTrash size={15} stroke={1.7} />
          </ActionIcon>
        </div>
      ))}
      <Button
        variant="default"
        mt={rows.length > 0 ? 6 : 0}
        leftSection={<IconPlus size={14} stroke={1.7} />}
        disabled={readOnly}
        onClick={() => onChange([...rows, { id: Math.max(-1, ...rows.map((row) => row.id)) + 1, name: '', url: '' }])}
      >
        Add upstream
      </Button>
      {errors['upstreams'] && (
        <p className={classes.remark} data-tone="amber" role="alert">
          {errors['upstreams']}
        </p>
      )}
      <p className={classes.builtin}>Built in: {Object.keys(builtinUpstreams).join(', ')}</p>
    </fieldset>
  );
}
