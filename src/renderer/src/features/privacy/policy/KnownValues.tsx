import { Button, NativeSelect, PasswordInput } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type Entity, entityList } from '../../../../../shared/policy.js';
import { knownValueLength } from '../../../../../shared/policy-file.js';
import { FailureNotice } from '../../../components/FailureNotice.js';
import { Time } from '../../../components/Time.js';
import { trpc } from '../../../rpc/client.js';
import { entityTitle } from './draft.js';
import classes from './policy.module.css';

/** Values that must never be stored: they can be added and taken away, and are never shown. */
export function KnownValues() {
  const queries = useQueryClient();
  const list = useInfiniteQuery(
    trpc.knownValues.list.infiniteQueryOptions({ limit: 50 }, { getNextPageParam: (page) => page.next_cursor }),
  );
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
  const failure = add.error ?? remove.error ?? list.error;
  const values = list.data?.pages.flatMap(({ items }) => items) ?? [];
  const long = value.trim().length >= knownValueLength.least;
  const submit = () => {
    add.mutate({ value, entity }, { onSuccess: () => add.reset() });
  };

  return (
    <div className={classes.known}>
      {values.length > 0 && (
        <table className={classes.table}>
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
            {values.map(({ value_id, entity: kind, length, added_at }, index) => (
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
        </table>
      )}
      {list.hasNextPage && (
        <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          Show more
        </Button>
      )}
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
