import { useQuery } from '@tanstack/react-query';
import { RedactedText } from '../../components/RedactedText.js';
import { hrefTo } from '../../navigation/hash-params.js';
import { trpc } from '../../rpc/client.js';
import classes from './live.module.css';
import type { GroupRow } from './trace-groups.js';

/** A trace's title as the head of its exchanges; asked for only while it is in sight. */
export function TraceTitle({ group }: { group: GroupRow['group'] }) {
  const { trace_id, open } = group;
  const trace = useQuery({
    ...trpc.traces.get.queryOptions({ trace_id: trace_id ?? '' }),
    enabled: trace_id !== null,
    staleTime: 30_000,
  });
  const title =
    group.noise !== undefined
      ? group.noise
      : trace_id === null
        ? 'Under way, or of no trace'
        : trace.data?.title || (trace.isPending ? '…' : 'Untitled');
  return (
    <span className={classes.traceTitle}>
      <span aria-hidden="true">{open ? '▾' : '▸'}</span>
      {trace_id === null ? (
        <strong>{title}</strong>
      ) : (
        <a
          href={hrefTo(`/traces/${trace_id}`)}
          tabIndex={-1}
          title={title}
          onClick={(event) => event.stopPropagation()}
        >
          <RedactedText text={title} />
        </a>
      )}
    </span>
  );
}
