import { Button, Group, Menu, Modal, TextInput } from '@mantine/core';
import { IconBookmark, IconChevronDown, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { QueryScope } from '../../../shared/query/index.js';
import { trpc } from '../rpc/client.js';
import { describeError } from '../rpc/errors.js';
import classes from './SavedFilters.module.css';

interface Props {
  scope: QueryScope;
  /** The query in force: what saving saves. */
  query: string;
  onApply: (query: string) => void;
}

/** Named queries of one list: apply one, save the current one, delete one. */
export function SavedFilters({ scope, query, onApply }: Props) {
  const queries = useQueryClient();
  const filters = useQuery(trpc.filters.list.queryOptions());
  const refresh = () => queries.invalidateQueries(trpc.filters.list.pathFilter());
  const save = useMutation(trpc.filters.save.mutationOptions({ onSuccess: refresh }));
  const remove = useMutation(trpc.filters.delete.mutationOptions({ onSuccess: refresh }));
  const [naming, setNaming] = useState(false);
  const [name, setName] = useState('');
  const mine = (filters.data ?? []).filter((filter) => filter.scope === scope);
  const current = mine.find((filter) => filter.query === query);
  const close = () => {
    setNaming(false);
    setName('');
    save.reset();
  };

  return (
    <>
      <Menu position="bottom-end" width={360}>
        <Menu.Target>
          <Button
            variant="default"
            h={30}
            px={10}
            leftSection={<IconBookmark size={14} stroke={1.7} />}
            rightSection={<IconChevronDown size={12} />}
          >
            <span className={`${classes.name} ellipsis`}>{current?.name ?? 'Filters'}</span>
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {filters.isError && <Menu.Label>{describeError(filters.error).message}</Menu.Label>}
          {!filters.isError && mine.length === 0 && <Menu.Label>No saved filter yet</Menu.Label>}
          {mine.map((filter) => (
            <div key={filter.filter_id} className={classes.row} role="none">
              <Menu.Item onClick={() => onApply(filter.query)}>
                <span className={classes.title}>{filter.name}</span>
                <span className={classes.query} title={filter.query}>
                  {filter.query || 'everything'}
                </span>
              </Menu.Item>
              <Menu.Item
                className={classes.delete}
                closeMenuOnClick={false}
                aria-label={`Delete filter ${filter.name}`}
                onClick={() => remove.mutate({ filter_id: filter.filter_id })}
              >
                <IconTrash size={14} stroke={1.7} />
              </Menu.Item>
            </div>
          ))}
          <Menu.Divider />
          <Menu.Item disabled={query === ''} onClick={() => setNaming(true)}>
            Save this query…
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal opened={naming} onClose={close} title="Save filter" size={380}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (name.trim() !== '') save.mutate({ scope, name: name.trim(), query }, { onSuccess: close });
          }}
        >
          <TextInput
            label="Name"
            description={<code>{query}</code>}
            data-autofocus
            maxLength={80}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={save.isError ? describeError(save.error).message : undefined}
          />
          <Group justify="flex-end" gap="xs" mt="md">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" disabled={name.trim() === ''} loading={save.isPending}>
              Save
            </Button>
          </Group>
        </form>
      </Modal>
    </>
  );
}
