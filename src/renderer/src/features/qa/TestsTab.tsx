import { Button } from '@mantine/core';
import { IconFlask2, IconPlayerPlay } from '@tabler/icons-react';
import { useState } from 'react';
import type { QaRunSummary, TraceSummary } from '../../../../shared/model/index.js';
import { LinkButton } from '../../components/LinkButton.js';
import { EmptyState } from '../../components/layout/EmptyState.js';
import { ListEnd, ListState } from '../../components/layout/ListState.js';
import { Page } from '../../components/layout/Page.js';
import { PanelSection } from '../../components/layout/Panel.js';
import { Scroll } from '../../components/layout/Scroll.js';
import { RedactedText } from '../../components/RedactedText.js';
import { Table } from '../../components/Table.js';
import { Time } from '../../components/Time.js';
import { replaceHashParams, useHashParams } from '../../navigation/hash-params.js';
import { client, trpc } from '../../rpc/client.js';
import { usePages } from '../../rpc/use-pages.js';
import classes from './qa.module.css';
import { RepositoryDialog } from './RepositoryDialog.js';
import { RunBadge, VerdictBadge } from './RunBadge.js';
import { TraceRunDialog } from './RunDialog.js';
import { ShownRun } from './ShownRun.js';
import { saidRepository } from './said-repository.js';
import { commitText } from './words.js';

const pageSize = 20;
const idOf = (run: QaRunSummary) => run.run_id;

/** Tests of a trace: asking for a run, those there were, and the one that is looked at. */
export function TestsTab({ trace }: { trace: TraceSummary }) {
  const { trace_id } = trace;
  const asked = { trace_id, limit: pageSize };
  const runs = usePages<QaRunSummary>({
    queryKey: trpc.qa.ofTrace.infiniteQueryKey(asked),
    fetchPage: (cursor, signal) => client.qa.ofTrace.query({ ...asked, cursor }, { signal }),
    idOf,
    topics: ['jobs', 'traces'],
  });
  const [dialog, setDialog] = useState<'run' | 'repository' | null>(null);
  const close = () => setDialog(null);
  const said = saidRepository(trace);
  const named = useHashParams().get('run');
  const shownId = named ?? runs.items[0]?.run_id;
  const runButton = (
    <Button leftSection={<IconPlayerPlay size={14} />} onClick={() => setDialog('run')}>
      Run tests
    </Button>
  );
  return (
    <Page
      tools={
        <>
          <span className={classes.about}>
            {said === null ? (
              'This trace names no repository. '
            ) : (
              <>
                <RedactedText text={said.url || said.name || 'A repository without a name'} />
                {said.commit_before !== '' && (
                  <>
                    , <code title={said.commit_before}>{commitText(said.commit_before)}</code> to{' '}
                    <code title={said.commit_after}>{commitText(said.commit_after || null)}</code>
                  </>
                )}{' '}
              </>
            )}
            <LinkButton onClick={() => setDialog('repository')}>
              {said === null ? 'Set its repository' : 'Change'}
            </LinkButton>
          </span>
          {runButton}
        </>
      }
    >
      <ListState
        list={runs}
        label="Loading runs of tests"
        lines={6}
        empty={
          <EmptyState
            title={trace.qa_origin === 'sent' ? 'Its tests were not run here' : 'Its tests were not run yet'}
            icon={IconFlask2}
          >
            {trace.qa_origin === 'sent' && 'What they came to was sent with the trace. '}
            They run in a closed container, before and after the change: what the change mends, and what it breaks.
          </EmptyState>
        }
      >
        <Scroll>
          <div className={classes.page}>
            {runs.items.length > 1 && (
              <PanelSection title="History">
                <History runs={runs.items} shownId={shownId} />
                <ListEnd list={runs} />
              </PanelSection>
            )}
            {shownId !== undefined && <ShownRun key={shownId} runId={shownId} onTrace />}
          </div>
        </Scroll>
      </ListState>
      <TraceRunDialog
        traceId={trace_id}
        opened={dialog === 'run'}
        onClose={close}
        onStarted={() => {
          replaceHashParams({ run: null });
          void runs.refresh();
        }}
      />
      <RepositoryDialog traceId={trace_id} said={said} opened={dialog === 'repository'} onClose={close} />
    </Page>
  );
}

function History({ runs, shownId }: { runs: readonly QaRunSummary[]; shownId: string | undefined }) {
  return (
    <Table label="Runs of the tests of this trace">
      <thead>
        <tr>
          <th>Verdict</th>
          <th>With the tests of before</th>
          <th>Framework</th>
          <th>After the change</th>
          <th>Begun</th>
          <th>
            <span className="sr-only">Show</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <tr key={run.run_id}>
            <td>
              <RunBadge run={run} />
            </td>
            <td>{run.restored_verdict === null ? '–' : <VerdictBadge verdict={run.restored_verdict} />}</td>
            <td>{run.framework ?? '–'}</td>
            <td>{run.repository === null ? '–' : <code>{commitText(run.repository.commit_after)}</code>}</td>
            <td>
              <Time iso={run.created_at} />
            </td>
            <td>
              {run.run_id === shownId ? (
                <span className="dim">shown below</span>
              ) : (
                <LinkButton onClick={() => replaceHashParams({ run: run.run_id })}>Show</LinkButton>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
