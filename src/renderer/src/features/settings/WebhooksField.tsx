import { ActionIcon, Button, TagsInput, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { CopyButton } from '../../components/CopyButton.js';
import { FailureNotice } from '../../components/FailureNotice.js';
import { LinkButton } from '../../components/LinkButton.js';
import { trpc } from '../../rpc/client.js';
import { meantWebhooks, type WebhookRow } from './qa-draft.js';
import classes from './settings.module.css';

interface Props {
  rows: WebhookRow[];
  /** As they are saved: only these can be tried. */
  saved: boolean;
  errors: Record<string, string>;
  readOnly: boolean;
  onChange(rows: WebhookRow[]): void;
}

/** What most want to hear of. */
const usual = ['finalize', 'qa'];

/** Addresses that hear of jobs that are over, what they are signed with, and whether they answer. */
export function WebhooksField({ rows, saved, errors, readOnly, onChange }: Props) {
  const kinds = (useQuery(trpc.jobs.kinds.queryOptions()).data ?? []).map(({ id }) => id);
  const set = (id: number, patch: Partial<WebhookRow>) =>
    onChange(rows.map((row) => (row.id === id ? { ...row, ...patch } : row)));
  const places = meantWebhooks(rows);
  const at = (row: WebhookRow, field: string) => errors[`webhooks.${places.indexOf(row)}.${field}`];
  return (
    <>
      {rows.map((row) => (
        <div key={row.id} className={classes.webhook}>
          <TextInput
            label="Address"
            placeholder="http://127.0.0.1:8080/sluice"
            value={row.url}
            readOnly={readOnly}
            error={at(row, 'url')}
            onChange={(event) => set(row.id, { url: event.currentTarget.value })}
          />
          <TagsInput
            label="Kinds of jobs"
            data={kinds}
            value={row.kinds}
            readOnly={readOnly}
            error={at(row, 'kinds')}
            acceptValueOnBlur
            onChange={(value) => set(row.id, { kinds: value })}
          />
          <ActionIcon
            aria-label={`Remove webhook ${row.url}`}
            disabled={readOnly}
            onClick={() => onChange(rows.filter((other) => other.id !== row.id))}
          >
            <IconTrash size={15} stroke={1.7} />
          </ActionIcon>
        </div>
      ))}
      {errors['webhooks'] && rows.every((row) => !at(row, 'url') && !at(row, 'kinds')) && (
        <p className={classes.remark} data-tone="amber" role="alert">
          {errors['webhooks']}
        </p>
      )}
      <Button
        variant="default"
        style={{ alignSelf: 'flex-start' }}
        leftSection={<IconPlus size={14} stroke={1.7} />}
        disabled={readOnly}
        onClick={() =>
          onChange([
            ...rows,
            {
              id: Math.max(-1, ...rows.map(({ id }) => id)) + 1,
              url: '',
              kinds: usual.filter((kind) => kinds.includes(kind)),
            },
          ])
        }
      >
        Add webhook
      </Button>
      {rows.length > 0 && (
        <>
          <Secret />
          {saved && <Try />}
        </>
      )}
    </>
  );
}

function Secret() {
  const [shown, setShown] = useState(false);
  const secret = useQuery(trpc.webhooks.secret.queryOptions(undefined, { enabled: shown }));
  return (
    <div>
      <LinkButton aria-expanded={shown} onClick={() => setShown(!shown)}>
        {shown ? 'Hide the secret' : 'Show the secret that they are signed with'}
      </LinkButton>
      {shown && secret.data && (
        <p className={classes.remark}>
          <code>{secret.data.secret}</code>
          <CopyButton value={secret.data.secret} label="Copy the secret" size={20} />
        </p>
      )}
      {secret.isError && <FailureNotice error={secret.error} />}
    </div>
  );
}

function Try() {
  const send = useMutation(trpc.webhooks.test.mutationOptions());
  return (
    <div>
      <Button variant="default" loading={send.isPending} onClick={() => send.mutate()}>
        Send a test to all of them
      </Button>
      {send.isError && <FailureNotice error={send.error} />}
      {send.data && (
        <ul className={classes.tries} aria-label="What came of the test">
          {send.data.items.map(({ url, delivered, detail }) => (
            <li key={url} data-delivered={delivered}>
              {url}: {delivered ? 'delivered' : detail}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
