import { Button, Group, Modal, NativeSelect, NumberInput, PasswordInput, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ModelPreset, ModelPresetId, ModelProfile } from '../../../../shared/model/index.js';
import { FailureNotice } from '../../components/FailureNotice.js';
import { FieldGrid, Wide } from '../../components/layout/FieldGrid.js';
import { desktop } from '../../host/desktop.js';
import { trpc } from '../../rpc/client.js';
import { fieldErrors } from '../../rpc/errors.js';
import classes from './models.module.css';

interface Props {
  edited: ModelProfile | 'new' | null;
  presets: readonly ModelPreset[];
  onClose(): void;
}

/** Adds or changes a profile. */
export function ProfileDialog({ edited, presets, onClose }: Props) {
  return (
    <Modal
      closeButtonProps={{ 'aria-label': 'Close' }}
      transitionProps={{ duration: 0 }}
      opened={edited !== null}
      onClose={onClose}
      title={edited === 'new' || edited === null ? 'Add a model' : `Change ${edited.name}`}
      size={620}
      yOffset="8vh"
    >
      {edited !== null && <Form before={edited === 'new' ? null : edited} presets={presets} onClose={onClose} />}
    </Modal>
  );
}

/** Fields whose problems stand beside them. */
const placed: ReadonlySet<string> = new Set(['name', 'base_url', 'model', 'key_env', 'key']);

type KeyKind = 'none' | 'env' | 'keychain';

function Form({
  before,
  presets,
  onClose,
}: {
  before: ModelProfile | null;
  presets: Props['presets'];
  onClose(): void;
}) {
  const queries = useQueryClient();
  const first = presets[0];
  const [preset, setPreset] = useState<ModelPresetId>(before?.preset ?? first?.id ?? 'custom');
  const [name, setName] = useState(before?.name ?? '');
  const [address, setAddress] = useState(before?.base_url ?? first?.base_url ?? '');
  const [model, setModel] = useState(before?.model ?? '');
  const [kind, setKind] = useState<KeyKind>(before?.key.kind ?? (first?.key_env == null ? 'none' : 'env'));
  const [variable, setVariable] = useState(before?.key.kind === 'env' ? before.key.variable : (first?.key_env ?? ''));
  const [key, setKey] = useState('');
  const [priceIn, setPriceIn] = useState<number | ''>(
    before?.priced_by === 'profile' ? (before.price?.input ?? '') : '',
  );
  const [priceOut, setPriceOut] = useState<number | ''>(
    before?.priced_by === 'profile' ? (before.price?.output ?? '') : '',
  );
  const about = presets.find(({ id }) => id === preset);
  const save = useMutation(
    trpc.models.set.mutationOptions({
      onSuccess: () => {
        void queries.invalidateQueries(trpc.models.pathFilter());
        onClose();
      },
    }),
  );
  const errors = fieldErrors(save.error);
  const paths = Object.keys(errors);
  const unplaced = save.isError && (paths.length === 0 || paths.some((path) => !placed.has(path)));

  const choose = (id: ModelPresetId) => {
    const chosen = presets.find((each) => each.id === id);
    setPreset(id);
    setAddress(chosen?.base_url ?? '');
    setKind(chosen?.key_env == null ? 'none' : 'env');
    setVariable(chosen?.key_env ?? '');
  };
  const submit = () =>
    save.mutate({
      name: name.trim(),
      preset,
      model: model.trim(),
      ...(address.trim() !== '' && { base_url: address.trim() }),
      ...(kind === 'env' && { key_env: variable.trim() }),
      ...(kind === 'keychain' && key !== '' && { key }),
      price: priceIn === '' || priceOut === '' ? null : { input: priceIn, output: priceOut },
    });

  return (
    <FieldGrid onSubmit={submit}>
      <NativeSelect
        data-autofocus
        label="Kind of address"
        description="Fills in what is known of it."
        value={preset}
        onChange={(event) => choose(event.currentTarget.value as ModelPresetId)}
        data={presets.map(({ id, title }) => ({ value: id, label: title }))}
      />
      <TextInput
        label="Name"
        description="How commands and judgements call it."
        placeholder="judge"
        disabled={before !== null}
        value={name}
        error={errors['name']}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      {about && about.notes.length > 0 && (
        <ul className={classes.notes}>
          {about.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      <Wide>
        <TextInput
          label="Address"
          description="The base URL, up to /v1 as a rule."
          placeholder="https://api.example.com/v1"
          value={address}
          error={errors['base_url']}
          onChange={(event) => setAddress(event.currentTarget.value)}
        />
      </Wide>
      <Wide>
        <TextInput
          label="Model"
          description="As the provider names it."
          value={model}
          error={errors['model']}
          onChange={(event) => setModel(event.currentTarget.value)}
        />
      </Wide>
      <NativeSelect
        label="Key"
        description="What the address asks for."
        value={kind}
        onChange={(event) => setKind(event.currentTarget.value as KeyKind)}
        data={[
          { value: 'none', label: 'None' },
          { value: 'env', label: 'A variable of the engine' },
          ...(desktop() || kind === 'keychain' ? [{ value: 'keychain', label: 'This desktop’s keychain' }] : []),
        ]}
      />
      {kind === 'env' && (
        <TextInput
          label="Variable"
          description="Its name. The key itself is written nowhere."
          placeholder="OPENAI_API_KEY"
          value={variable}
          error={errors['key_env']}
          onChange={(event) => setVariable(event.currentTarget.value)}
        />
      )}
      {kind === 'keychain' && (
        <PasswordInput
          label="Key"
          description={
            before?.key.kind === 'keychain' ? 'Empty: the one that is kept.' : 'It is sealed, and never shown again.'
          }
          value={key}
          error={errors['key']}
          autoComplete="off"
          onChange={(event) => setKey(event.currentTarget.value)}
        />
      )}
      <NumberInput
        style={{ gridColumnStart: 1 }}
        label="Price in"
        description="USD for a million tokens; empty: by the price table."
        min={0}
        value={priceIn}
        onChange={(value) => setPriceIn(typeof value === 'number' ? value : '')}
      />
      <NumberInput
        label="Price out"
        description="USD for a million tokens; empty: by the price table."
        min={0}
        value={priceOut}
        onChange={(value) => setPriceOut(typeof value === 'number' ? value : '')}
      />
      {before?.agreed && (
        <p className={classes.note}>Another address, key or model ends what was agreed to and probed.</p>
      )}
      {unplaced && (
        <Wide>
          <FailureNotice error={save.error} />
        </Wide>
      )}
      <Wide>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={name.trim() === '' || model.trim() === ''} loading={save.isPending}>
            Save
          </Button>
        </Group>
      </Wide>
    </FieldGrid>
  );
}
