import { ActionIcon, Button, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { qaFrameworks } from '../../../../shared/model/index.js';
import { meant, type RepositoryRow } from './qa-draft.js';
import classes from './settings.module.css';

interface Props {
  rows: RepositoryRow[];
  errors: Record<string, string>;
  readOnly: boolean;
  onChange(rows: RepositoryRow[]): void;
}

const empty = { repo: '', path: '', test_command: '', framework: '', image: '', prepare: '' };

/** Where repositories lie on the engine's machine, and how each is tested. */
export function RepositoriesField({ rows, errors, readOnly, onChange }: Props) {
  const places = meant(rows);
  return (
    <>
      {rows.map((row, index) => (
        <Repository
          key={row.id}
          row={row}
          name={row.repo || `repository ${index + 1}`}
          error={(field) => errors[`qa.repositories.${places.indexOf(row)}.${field}`]}
          readOnly={readOnly}
          onChange={(patch) => onChange(rows.map((other) => (other.id === row.id ? { ...row, ...patch } : other)))}
          onRemove={() => onChange(rows.filter((other) => other.id !== row.id))}
        />
      ))}
      <Button
        variant="default"
        style={{ alignSelf: 'flex-start' }}
        leftSection={<IconPlus size={14} stroke={1.7} />}
        disabled={readOnly}
        onClick={() => onChange([...rows, { id: Math.max(-1, ...rows.map(({ id }) => id)) + 1, ...empty }])}
      >
        Add repository
      </Button>
    </>
  );
}

interface RowProps {
  row: RepositoryRow;
  name: string;
  error(field: string): string | undefined;
  readOnly: boolean;
  onChange(patch: Partial<RepositoryRow>): void;
  onRemove(): void;
}

function Repository({ row, name, error, readOnly, onChange, onRemove }: RowProps) {
  const text = (field: 'repo' | 'path' | 'test_command' | 'image', label: string, placeholder: string) => (
    <TextInput
      label={label}
      placeholder={placeholder}
      value={row[field]}
      readOnly={readOnly}
      error={error(field)}
      onChange={(event) => onChange({ [field]: event.currentTarget.value })}
    />
  );
  return (
    <fieldset className={classes.repository} aria-label={name}>
      <div className={classes.pair}>
        {text('repo', 'Name or address', 'as traces have it')}
        {text('path', 'Absolute path', '/home/me/code/project')}
        {text('test_command', 'Test command', 'python -m pytest')}
        <NativeSelect
          label="Framework"
          value={row.framework}
          disabled={readOnly}
          onChange={(event) => onChange({ framework: event.currentTarget.value })}
          data={[{ value: '', label: 'Detected' }, ...qaFrameworks]}
        />
        {text('image', 'Image', 'as above')}
        <Textarea
          label="Prepare, a command a line"
          placeholder="pip install -r requirements.txt"
          autosize
          minRows={1}
          maxRows={6}
          value={row.prepare}
          readOnly={readOnly}
          error={error('prepare')}
          onChange={(event) => onChange({ prepare: event.currentTarget.value })}
        />
      </div>
      <ActionIcon aria-label={`Remove ${name}`} disabled={readOnly} onClick={onRemove}>
        <IconTrash size={15} stroke={1.7} />
      </ActionIcon>
    </fieldset>
  );
}
