import { Button, Checkbox, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type TokenScope, tokenScopes } from '../../../../shared/model/index.js';
import { CopyButton } from '../../components/CopyButton.js';
import { FailureNotice } from '../../components/FailureNotice.js';
import { Table } from '../../components/Table.js';
import { Time } from '../../components/Time.js';
import { trpc } from '../../rpc/client.js';
import classes from './tokens.module.css';

const scopeNotes: Record<TokenScope, string> = {
  ingest: 'send traces and events',
  read: 'read everything that is stored',
  review: 'label and note',
  admin: 'everything, tokens and settings included',
  proxy: 'use the proxy from another machine, and nothing of the API',
};

/** Tokens of the API besides the studio's own: each for one program, with no more rights than it needs. */
export function Tokens() {
  const queries = useQueryClient();
  const list = useQuery(trpc.tokens.list.queryOptions());
  const refresh = () => queries.invalidateQueries(trpc.tokens.list.queryFilter());
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<TokenScope[]>(['ingest']);
  const create = useMutation(
    trpc.tokens.create.mutationOptions({
      onSuccess: () => {
        setName('');
        void refresh();
      },
    }),
  );
  const revoke = useMutation(trpc.tokens.revoke.mutationOptions({ onSettled: () => void refresh() }));
  const failure = create.error ?? revoke.error ?? list.error;

  return (
    <div className={classes.tokens}>
      {(list.data ?? []).length > 0 && (
        <Table className={classes.table}>
          <thead>
            <tr>
              <th>Name</th>
              <th>May</th>
              <th>Made</th>
              <th>Last used</th>
              <th>
                <span className="sr-only">Revoke</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {list.data?.map((token) => (
              <tr key={token.token_id}>
                <td className="ellipsis" title={token.name}>
                  {token.name}
                </td>
                <td>{token.scopes.join(', ')}</td>
                <td>
                  <Time iso={token.created_at} />
                </td>
                <td>{token.last_used_at === null ? 'never' : <Time iso={token.last_used_at} />}</td>
                <td>
                  <Button
                    variant="default"
                    size="compact-xs"
                    aria-label={`Revoke ${token.name}`}
                    loading={revoke.isPending && revoke.variables?.token_id === token.token_id}
                    onClick={() => revoke.mutate({ token_id: token.token_id })}
                  >
                    Revoke
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
      {create.data && (
        <div className={classes.made} role="status">
          <p>
            The token <strong>{create.data.name}</strong>. It is shown this once and stored nowhere in the clear.
          </p>
          <div className={classes.secret}>
            <code>{create.data.token}</code>
            <CopyButton value={create.data.token} label="Copy the token" size={22} />
          </div>
          <Button variant="default" size="compact-xs" onClick={() => create.reset()}>
            I have it
          </Button>
        </div>
      )}
      {failure && <FailureNotice error={failure} />}
      <div className={classes.form}>
        <TextInput
          label="New token"
          description="Name the program that will use it."
          value={name}
          maxLength={80}
          placeholder="ci-collector"
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Checkbox.Group label="It may" value={scopes} onChange={(value) => setScopes(value as TokenScope[])}>
          <div className={classes.scopes}>
            {tokenScopes.map((scope) => (
              <Checkbox key={scope} value={scope} label={scope} description={scopeNotes[scope]} />
            ))}
          </div>
        </Checkbox.Group>
        <Button
          type="button"
          className={classes.create}
          disabled={name.trim() === '' || scopes.length === 0}
          loading={create.isPending}
          onClick={() => create.mutate({ name: name.trim(), scopes })}
        >
          Make token
        </Button>
      </div>
    </div>
  );
}
