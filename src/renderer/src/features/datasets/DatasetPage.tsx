import { Button, Select, Tabs } from '@mantine/core';
import { IconHammer, IconPencil } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useParams } from 'wouter';
import type { DatasetVersion, Job } from '../../../../shared/model/index.js';
import { Answer } from '../../components/layout/Answer.js';
import { EmptyState } from '../../components/layout/EmptyState.js';
import { Page } from '../../components/layout/Page.js';
import { Scroll } from '../../components/layout/Scroll.js';
import { Notice } from '../../components/Notice.js';
import { hrefTo, replaceHashParams, useHashParams } from '../../navigation/hash-params.js';
import { bound } from '../../navigation/shortcuts.js';
import { useKeys } from '../../navigation/use-keys.js';
import { trpc } from '../../rpc/client.js';
import { describeError } from '../../rpc/errors.js';
import { useTick } from '../../rpc/ticks.js';
import { isOpen, JobProgress } from '../jobs/index.js';
import { CompareTab } from './CompareTab.js';
import { FiguresTab } from './FiguresTab.js';
import { ReportTab } from './ReportTab.js';
import { RowsTab } from './RowsTab.js';
import { RunsTab } from './RunsTab.js';
import { VersionTab } from './VersionTab.js';
import { inWords, some } from './words.js';

const tabs = [
  ['version', 'Version'],
  ['figures', 'Quality'],
  ['report', 'Trainer report'],
  ['rows', 'Rows and mask'],
  ['compare', 'Compare'],
  ['runs', 'Training runs'],
] as const;

/** A dataset: its versions, and of each what it holds, how it stands, what a trainer makes of it and who was trained on it. */
export function DatasetPage() {
  const { name = '' } = useParams<{ name: string }>();
  const dataset = useQuery(trpc.datasets.get.queryOptions({ name }));
  const versions = useQuery(trpc.datasets.versions.queryOptions({ name }));
  const jobs = useQuery(trpc.jobs.list.queryOptions({ kind: 'dataset-build', limit: 20 }));
  useTick(['jobs', 'traces', 'reviews', 'policy'], () => {
    void versions.refetch();
    void jobs.refetch();
  });
  const params = useHashParams();
  const all = versions.data ?? [];
  const shown = all.find(({ version }) => String(version) === params.get('v')) ?? all.at(-1);
  const tab = tabs.find(([id]) => id === params.get('tab'))?.[0] ?? 'version';
  const build = useMutation(
    trpc.datasets.build.mutationOptions({
      onSuccess: () => {
        // What is built comes in sight when it is there.
        replaceHashParams({ v: null });
        void jobs.refetch();
      },
    }),
  );
  const start = () => build.mutate({ name });
  useKeys(bound({ 'dataset.build': start }));
  const mine = jobs.data?.items.filter(({ title }) => title === `Build ${name}`) ?? [];
  const running = mine.find(isOpen);
  return (
    <Page
      title={name}
      meta={dataset.data && <span className="ellipsis">{inWords(dataset.data.definition)}</span>}
      actions={
        <>
          {all.length > 0 && (
            <Select
              aria-label="Version"
              w={190}
              allowDeselect={false}
              data={[...all].reverse().map(({ version, rows }) => ({
                value: String(version),
                label: `Version ${version}: ${some(rows, 'row')}`,
              }))}
              value={String(shown?.version)}
              onChange={(version) => replaceHashParams({ v: version })}
            />
          )}
          <Button
            component="a"
            variant="default"
            href={hrefTo(`/datasets/${name}/edit`)}
            leftSection={<IconPencil size={14} />}
          >
            Edit
          </Button>
          <Button
            leftSection={<IconHammer size={14} />}
            loading={build.isPending}
            disabled={running !== undefined || dataset.isError}
            onClick={start}
            title="Build the next version (B)"
          >
            Build
          </Button>
        </>
      }
    >
      <Building job={running ?? mine[0]} newest={all.at(-1)} error={build.error} />
      <Answer query={versions} label="Loading the versions">
        {() =>
          shown === undefined ? (
            <EmptyState
              title={running ? 'The first version is being built' : 'No version yet'}
              actions={running === undefined && <Button onClick={start}>Build version 1</Button>}
            >
              A version keeps the rows that the definition gives at the time of its build.
            </EmptyState>
          ) : (
            <Tabs
              value={tab}
              onChange={(next) => replaceHashParams({ tab: next === 'version' ? null : next })}
              keepMounted={false}
              style={{ display: 'flex', flex: 1, flexDirection: 'column', minHeight: 0 }}
            >
              <Tabs.List>
                {tabs.map(([id, label]) => (
                  <Tabs.Tab key={id} value={id}>
                    {label}
                  </Tabs.Tab>
                ))}
              </Tabs.List>
              <Scroll>
                <Tabs.Panel value={tab} key={`${tab} ${shown.version}`}>
                  {tab === 'version' && <VersionTab version={shown} onBuild={start} busy={running !== undefined} />}
                  {tab === 'figures' && <FiguresTab version={shown} />}
                  {tab === 'report' && <ReportTab version={shown} initial={dataset.data?.definition.trainer ?? null} />}
                  {tab === 'rows' && <RowsTab version={shown} />}
                  {tab === 'compare' && <CompareTab version={shown} all={all} />}
                  {tab === 'runs' && <RunsTab version={shown} />}
                </Tabs.Panel>
              </Scroll>
            </Tabs>
          )
        }
      </Answer>
    </Page>
  );
}

/** The build under way, or why the last one came to nothing. */
function Building({
  job,
  newest,
  error,
}: {
  job: Job | undefined;
  newest: DatasetVersion | undefined;
  error: unknown;
}) {
  const cancel = useMutation(trpc.jobs.cancel.mutationOptions());
  if (error) {
    const { message, code, next } = describeError(error);
    return <Notice tone="red" title={message} code={code} next={next} />;
  }
  if (job === undefined) return null;
  if (isOpen(job))
    return (
      <div style={{ display: 'flex', gap: 12, alignItems: 'center', padding: '8px 16px' }}>
        <div style={{ flex: 1 }}>
          <JobProgress job={job} />
        </div>
        <Button
          variant="default"
          size="compact-xs"
          loading={cancel.isPending}
          onClick={() => cancel.mutate({ job_id: job.job_id })}
        >
          Cancel build
        </Button>
      </div>
    );
  const overtaken = newest !== undefined && newest.created_at > job.created_at;
  if (job.state === 'done' || overtaken) return null;
  return (
    <Notice
      tone={job.state === 'cancelled' ? 'gray' : 'red'}
      title={job.state === 'cancelled' ? 'The build was cancelled.' : (job.error?.message ?? 'The build broke off.')}
      {...(job.error && { code: job.error.code })}
      next="Versions that were built before are as they were. Change the definition, or build again."
    />
  );
}
