import { Button, PasswordInput } from '@mantine/core';
import { useState } from 'react';
import { clearToken, setToken } from '../../rpc/session.js';
import mark from '../../styles/mark.svg';
import classes from './TokenPage.module.css';

/** Asks for the engine's token: shown when the address carried none, or one that the engine does not accept. */
export function TokenPage({ refused }: { refused: boolean }) {
  const [token, setDraft] = useState('');
  return (
    <main className={classes.page}>
      <form
        className={classes.card}
        onSubmit={(event) => {
          event.preventDefault();
          if (token.trim() === '') return;
          clearToken();
          setToken(token.trim());
          // A fresh start: the old connection was made with the old token.
          location.reload();
        }}
      >
        <h1 className={classes.brand}>
          <img src={mark} width={26} height={26} alt="" />
          Sluice
        </h1>
        <p className={classes.text}>
          The studio needs the token of this engine. <code>sluice serve</code> and <code>sluice status</code> print it,
          together with an address that already carries it. It lies in the file <code>token</code> of the data folder,
          where the engine was not given one of its own.
        </p>
        <PasswordInput
          label="Token"
          value={token}
          onChange={(event) => setDraft(event.currentTarget.value)}
          error={refused && token === '' ? 'The engine does not accept the token it was given.' : undefined}
          autoComplete="off"
          data-autofocus
          autoFocus
          mb="md"
        />
        <Button type="submit" fullWidth size="sm" disabled={token.trim() === ''}>
          Open the studio
        </Button>
      </form>
    </main>
  );
}
