import { SegmentedControl } from '@mantine/core';
import { IconCopy } from '@tabler/icons-react';
import type { NearCluster } from '../../../../shared/model/index.js';
import { EmptyState } from '../../components/layout/EmptyState.js';
import { ListState } from '../../components/layout/ListState.js';
import { Page } from '../../components/layout/Page.js';
import { Split } from '../../components/layout/Split.js';
import { VirtualTable } from '../../components/VirtualTable.js';
import { replaceHashParams, useHashParams } from '../../navigation/hash-params.js';
import { client, trpc } from '../../rpc/client.js';
import { usePages } from '../../rpc/use-pages.js';
import { ClusterPanel } from './ClusterPanel.js';
import { clusterColumns } from './columns.js';
import classes from './duplicates.module.css';
import { FindJob } from './FindJob.js';
import { isLevel, levels } from './levels.js';

const idOf = ({ cluster_id }: NearCluster) => cluster_id;

/** Near-duplicates by task, trajectory or step: clusters, who is kept of each, and the job that finds them. */
export function DuplicatesPage() {
  const params = useHashParams();
  const named = params.get('level');
  const level = isLevel(named) ? named : 'trajectory';
  const asked = { level, limit: 100 };
  const clusters = usePages<NearCluster>({
    queryKey: trpc.duplicates.clusters.infiniteQueryKey(asked),
    fetchPage: (cursor, signal) => client.duplicates.clusters.query({ ...asked, cursor }, { signal }),
    idOf,
    topics: [],
  });
  const open = clusters.items.find((cluster) => cluster.cluster_id === params.get('cluster'));
  const about = levels.find(({ id }) => id === level);
  return (
    <Page
      title="Near-duplicates"
      meta={
        clusters.items.length > 0 &&
        `${clusters.items.length.toLocaleString('en')}${clusters.hasMore ? '+' : ''} ${clusters.items.length === 1 ? 'cluster' : 'clusters'}`
      }
      tools={
        <div className={classes.tools}>
          <SegmentedControl
            aria-label="Level"
            size="xs"
            data={levels.map(({ id, label }) => ({ value: id, label }))}
            value={level}
            onChange={(next) => replaceHashParams({ level: next, cluster: null })}
          />
          <span className={classes.about}>{about?.text}</span>
          <FindJob key={level} level={level} onFound={clusters.reload} />
        </div>
      }
    >
      <Split
        beside={
          open && (
            <ClusterPanel key={open.cluster_id} cluster={open} onClose={() => replaceHashParams({ cluster: null })} />
          )
        }
      >
        <ListState
          list={clusters}
          label="Loading clusters"
          empty={
            <EmptyState title="No near-duplicates known" icon={IconCopy}>
              Press Find near-duplicates: it reads what is stored and lists what says almost the same.
            </EmptyState>
          }
        >
          <VirtualTable
            label="Clusters"
            rows={clusters.items}
            columns={clusterColumns}
            rowId={idOf}
            selectedId={open?.cluster_id ?? null}
            onOpen={(cluster) => replaceHashParams({ cluster: cluster.cluster_id })}
            list={clusters}
          />
        </ListState>
      </Split>
    </Page>
  );
}
