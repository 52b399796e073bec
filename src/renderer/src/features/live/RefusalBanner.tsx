import { ActionIcon, Button } from '@mantine/core';
import { IconShieldX, IconX } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Refusal } from '../../../../shared/model/index.js';
import { Time } from '../../components/Time.js';
import { WithCode } from '../../components/WithCode.js';
import { queryClient, trpc } from '../../rpc/client.js';
import { describeError } from '../../rpc/errors.js';
import classes from './live.module.css';

const shownAtOnce = 2;
const keyOf = (refusal: Refusal) => `${refusal.host} ${refusal.client}`;

/** Clients that do not accept our certificate: who, for which host, what helps, and a way out. */
export function RefusalBanner() {
  const status = useQuery(trpc.status.get.queryOptions());
  // A refusal that was put away comes back when it happens again.
  const [dismissed, setDismissed] = useState<ReadonlyMap<string, number>>(new Map());
  const [all, setAll] = useState(false);
  const open = (status.data?.refusals ?? []).filter(
    (refusal) => !refusal.tunnelled && refusal.count > (dismissed.get(keyOf(refusal)) ?? 0),
  );
  if (open.length === 0) return null;
  const shown = all ? open : open.slice(0, shownAtOnce);
  return (
    <div className={classes.refusals} role="region" aria-label="Clients that refuse the certificate">
      {shown.map((refusal) => (
        <Row
          key={keyOf(refusal)}
          refusal={refusal}
          onDismiss={() => setDismissed(new Map(dismissed).set(keyOf(refusal), refusal.count))}
        />
      ))}
      {open.length > shown.length && (
        <div className={classes.refusal}>
          <button type="button" className={classes.linkButton} onClick={() => setAll(true)}>
            Show {open.length - shown.length} more
          </button>
        </div>
      )}
    </div>
  );
}

function Row({ refusal, onDismiss }: { refusal: Refusal; onDismiss: () => void }) {
  const tunnel = useMutation(
    trpc.connect.tunnelHost.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(trpc.status.get.pathFilter()),
    }),
  );
  return (
    <div className={classes.refusal} role="group" aria-label={`${refusal.client} and ${refusal.host}`}>
      <IconShieldX size={16} stroke={1.7} aria-hidden="true" />
      <div className={classes.refusalText}>
        <p>
          <b>{refusal.client}</b> refused our certificate for <b>{refusal.host}</b>{' '}
          <span className="dim">
            {refusal.count} {refusal.count === 1 ? 'time' : 'times'}, last <Time iso={refusal.last_at} as="ago" />,{' '}
            {refusal.reason}
          </span>
        </p>
        <p>
          <WithCode text={refusal.fix} />
        </p>
        {tunnel.isError && <p role="alert">{describeError(tunnel.error).message}</p>}
      </div>
      <Button variant="default" loading={tunnel.isPending} onClick={() => tunnel.mutate({ host: refusal.host })}>
        Tunnel this host
      </Button>
      <ActionIcon aria-label={`Dismiss the notice about ${refusal.host}`} onClick={onDismiss}>
        <IconX size={15} stroke={1.7} />
      </ActionIcon>
    </div>
  );
}
