import { ActionIcon } from '@mantine/core';
import { IconAlertTriangle, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { HealthReason } from '../../../../shared/model/index.js';
import { WithCode } from '../../components/WithCode.js';
import { trpc } from '../../rpc/client.js';
import classes from './HealthBanner.module.css';

/** What goes wrong at this moment; it cannot be put away before it ends. */
const failing: ReadonlySet<HealthReason['code']> = new Set(['journal_failing', 'store_failing']);

/** On every page: what fails now or was lost, and what to do about it. */
export function HealthBanner() {
  const status = useQuery(trpc.status.get.queryOptions());
  // By its words, which hold the count: a reason that was put away comes back when more was lost.
  const [dismissed, setDismissed] = useState<ReadonlySet<string>>(new Set());
  const shown = (status.data?.reasons ?? []).filter(({ message }) => !dismissed.has(message));
  return (
    <div role="region" aria-label="Health" aria-live="assertive" className={classes.banner}>
      {shown.map(({ code, message, next }) => (
        <div key={code} className={classes.reason} data-tone={failing.has(code) ? 'red' : 'amber'}>
          <IconAlertTriangle size={15} stroke={1.8} aria-hidden="true" />
          <p>
            <b>{message}</b> <WithCode text={next} />
          </p>
          {!failing.has(code) && (
            <ActionIcon
              size={22}
              aria-label={`Dismiss: ${message}`}
              onClick={() => setDismissed(new Set(dismissed).add(message))}
            >
              <IconX size={14} stroke={1.7} />
            </ActionIcon>
          )}
        </div>
      ))}
    </div>
  );
}
