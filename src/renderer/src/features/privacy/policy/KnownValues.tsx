import { Button, NativeSelect, PasswordInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type Entity, entityList } from '../../../../../shared/policy.js';
import { type KnownValueInfo, knownValueLength } from '../../../../../shared/policy-file.js';
import { FailureNotice } from '../../../components/FailureNotice.js';
import { ListEnd, ListState } from '../../../components/layout/ListState.js';
import { Table } from '../../../components/Table.js';
import { Time } from '../../../components/Time.js';
import { client, trpc } from '../../../rpc/client.js';
import { usePages } from '../../../rpc/use-pages.js';
import { entityTitle } from './draft.js';
import classes from './policy.module.css';

const pageSize = 50;
const idOf = (value: KnownValueInfo) => value.value_id;

/** Values that must never be stored: they can be added and taken away, and are never shown. */
export function KnownValues() {
  const queries = useQueryClient();
  const list = usePages<KnownValueInfo>({
    queryKey: trpc.knownValues.list.infiniteQueryKey({ limit: pageSize }),
    fetchPage: (cursor, signal) => client.knownValues.list.query({ limit: pageSize, cursor }, { signal }),
    idOf,
    topics: ['policy'],
  });
  const refresh = () => void queries.invalidateQueries(trpc.knownValues.pathFilter());
  const [value, setValue] = useState('');
  const [entity, setEntity] = useState<Entity>('CUSTOM');
  const add = useMutation(
    trpc.knownValues.add.mutationOptions({
      // The value leaves this page with the request: neither field nor cache keeps it.
      gcTime: 0,
      onSuccess: () => setValue(''),
      onSettled: refresh,
    }),
  );
  const remove = useMutation(trpc.knownValues.remove.mutationOptions({ onSettled: refresh }));
  const failure = add.error ?? remove.error;
  const long = value.trim().length >= knownValueLength.least;
  const submit = () => {
    add.mutate({ value, entity }, { onSuccess: () => add.reset() });
  };

  return (
    <div className={classes.known}>
      <ListState
        list={list}
        label="Loading known values"
        lines={3}
        empty={
          <p className={classes.remark}>
            None yet. A value that is added is replaced wherever it stands, from the next exchange on.
          </p>
        }
      >
        <Table>
          <thead>
            <tr>
              <th scope="col">Value</th>
              <th scope="col">Taken for</th>
              <th scope="col">Added</th>
              <th scope="col">
                <span className="sr-only">Forget</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {list.items.map(({ value_id, entity: kind, length, added_at }, index) => (
              <tr key={value_id}>
                <th scope="row">{length} characters, never shown</th>
                <td>{entityTitle(kind)}</td>
                <td>
                  <Time iso={added_at} />
                </td>
                <td>
                  <Button
                    variant="default"
                    size="compact-xs"
                    aria-label={`Forget value ${index + 1}, ${entityTitle(kind)}, ${length} characters`}
                    loading={remove.isPending && remove.variables?.value_id === value_id}
                    onClick={() => remove.mutate({ value_id })}
                  >
                    Forget
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </Table>
        <ListEnd list={list} />
      </ListState>
      {failure && <FailureNotice error={failure} />}
      <form
        className={classes.addValue}
        onSubmit={(event) => {
          event.preventDefault();
          if (long) submit();
        }}
      >
        <PasswordInput
          label="New value"
          description="Kept encrypted and never shown again. A common word would be replaced everywhere."
          autoComplete="off"
          data-1p-ignore
          data-lpignore="true"
          value={value}
          onChange={(event) => setValue(event.currentTarget.value)}
        />
        <NativeSelect
          label="Taken for"
          value={entity}
          onChange={(event) => setEntity(event.currentTarget.value as Entity)}
          data={entityList.map((each) => ({ value: each.entity, label: each.title }))}
        />
        <Button type="submit" disabled={!long} loading={add.isPending}>
          Add value
        </Button>
      </form>
    </div>
  );
}
