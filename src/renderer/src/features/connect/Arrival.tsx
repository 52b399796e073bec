import { Button } from '@mantine/core';
import { IconCircleCheckFilled } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { Time } from '../../components/Time.js';
import { trpc } from '../../rpc/client.js';
import { useTick } from '../../rpc/ticks.js';
import classes from './connect.module.css';

/** Waits for the first request; turns green when it has come. */
export function Arrival() {
  const status = useQuery(trpc.status.get.queryOptions());
  const firstAt = status.data?.first_exchange_at ?? null;
  // The newest of all that began no later than the first is the first.
  const first = useQuery(
    trpc.exchanges.list.queryOptions(
      { query: `started:..${firstAt ?? 'now'}`, limit: 1 },
      { enabled: firstAt !== null, staleTime: Number.POSITIVE_INFINITY },
    ),
  );
  const client = first.data?.items[0]?.client ?? null;
  // It may still be in flight or on its way to the store.
  useTick('exchanges', firstAt !== null && client === null ? () => void first.refetch() : null);
  return (
    <div className={classes.arrival} data-arrived={firstAt === null ? undefined : true} role="status">
      {firstAt === null ? (
        <span className={classes.beacon} aria-hidden="true" />
      ) : (
        <IconCircleCheckFilled size={20} className={classes.check} aria-hidden="true" />
      )}
      <div className={classes.arrivalText}>
        <p className={classes.arrivalTitle}>
          {firstAt === null
            ? 'Waiting for the first request'
            : `First request arrived${client === null ? '' : ` from ${client}`}`}
        </p>
        <p className={classes.arrivalNote}>
          {firstAt === null ? (
            'Use one of the ways below; this turns green by itself.'
          ) : (
            <>
              <Time iso={firstAt} as="ago" />. {(status.data?.exchanges.stored ?? 0).toLocaleString('en')} captured
              since start.
            </>
          )}
        </p>
      </div>
      {firstAt !== null && (
        <Button component={Link} href="/live" variant="default">
          Open live view
        </Button>
      )}
    </div>
  );
}
