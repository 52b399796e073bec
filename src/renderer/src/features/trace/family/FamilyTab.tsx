import { SegmentedControl } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useMemo } from 'react';
import { ErrorState } from '../../../components/layout/ErrorState.js';
import { LoadingState } from '../../../components/layout/LoadingState.js';
import { Page } from '../../../components/layout/Page.js';
import { replaceHashParams, useHashParams } from '../../../navigation/hash-params.js';
import { trpc } from '../../../rpc/client.js';
import { useTick } from '../../../rpc/ticks.js';
import type { TraceData } from '../use-trace.js';
import classes from './family.module.css';
import { familyTree } from './family-tree.js';
import { familyGraph } from './graph-model.js';
import { Waterfall } from './Waterfall.js';

// The drawing library is as large as the rest of the page, and most visits never open it.
const FamilyGraph = lazy(() => import('./FamilyGraph.js'));

/** The trace among its subagents and segments: when each ran, and who called what. */
export function FamilyTab({ traceId, data }: { traceId: string; data: TraceData }) {
  const queries = useQueryClient();
  const tree = useQuery(trpc.traces.tree.queryOptions({ trace_id: traceId }));
  useTick(['traces'], () => void queries.invalidateQueries(trpc.traces.tree.queryFilter({ trace_id: traceId })));
  const view = useHashParams().get('view') === 'graph' ? 'graph' : 'waterfall';
  const members = useMemo(() => familyTree(tree.data?.nodes ?? []), [tree.data]);
  const { items: toolCalls } = data.toolCalls;
  const { items: effects } = data.effects;
  const graph = useMemo(
    () => familyGraph(members, { trace_id: traceId, toolCalls, effects }),
    [members, traceId, toolCalls, effects],
  );
  if (tree.isPending) return <LoadingState label="Loading the family" />;
  if (tree.isError) return <ErrorState error={tree.error} onRetry={() => void tree.refetch()} />;
  const subagents = members.filter((member) => member.relation === 'subagent').length;
  const segments = members.filter((member) => member.relation === 'segment').length;
  return (
    <Page
      tools={
        <>
          <SegmentedControl
            value={view}
            onChange={(value) => replaceHashParams({ view: value === 'graph' ? 'graph' : null })}
            data={[
              { value: 'waterfall', label: 'Waterfall' },
              { value: 'graph', label: 'Graph' },
            ]}
            aria-label="View of the family"
          />
          <span className="dim">
            {members.length === 1
              ? 'This trace stands alone: no subagents, nothing before it or after it.'
              : `${members.length} traces: ${subagents} ${subagents === 1 ? 'subagent' : 'subagents'}, ${segments} after a compaction or a resume.`}
            {tree.data.truncated && ' Only the first 1,000 are shown.'}
          </span>
        </>
      }
    >
      <div className={classes.body}>
        {view === 'graph' ? (
          <Suspense fallback={<LoadingState label="Loading the family" />}>
            <FamilyGraph graph={graph} traceId={traceId} />
          </Suspense>
        ) : (
          <Waterfall members={members} traceId={traceId} />
        )}
      </div>
    </Page>
  );
}
