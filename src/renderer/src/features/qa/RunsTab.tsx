import { Button, Menu, NativeSelect } from '@mantine/core';
import { IconChevronDown, IconFlask2, IconPlayerPlay, IconStethoscope } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { type QaRunSummary, qaRunSummarySchema, qaVerdicts } from '../../../../shared/model/index.js';
import { CopyButton } from '../../components/CopyButton.js';
import { FailureNotice } from '../../components/FailureNotice.js';
import { EmptyState } from '../../components/layout/EmptyState.js';
import { ListState } from '../../components/layout/ListState.js';
import { Page } from '../../components/layout/Page.js';
import { Split } from '../../components/layout/Split.js';
import { SidePanel } from '../../components/SidePanel.js';
import { VirtualTable } from '../../components/VirtualTable.js';
import { replaceHashParams, useHashParams } from '../../navigation/hash-params.js';
import { client, trpc } from '../../rpc/client.js';
import { useCommand } from '../../rpc/use-command.js';
import { usePages } from '../../rpc/use-pages.js';
import { runColumns } from './columns.js';
import { Doctor } from './Doctor.js';
import classes from './qa.module.css';
import { BulkRunDialog, RepositoryRunDialog } from './RunDialog.js';
import { ShownRun } from './ShownRun.js';
import { stateWords, verdictWords } from './words.js';

const pageSize = 50;
const idOf = (run: QaRunSummary) => run.run_id;
const states = qaRunSummarySchema.shape.state.options;

/** All runs of tests, newest first; and whether tests can run here. */
export function RunsTab() {
  const params = useHashParams();
  const state = states.find((each) => each === params.get('state'));
  const verdict = qaVerdicts.find((each) => each === params.get('verdict'));
  const shown = params.get('run');
  const asked = { limit: pageSize, ...(state && { state }), ...(verdict && { verdict }) };
  const runs = usePages<QaRunSummary>({
    queryKey: trpc.qa.runs.infiniteQueryKey(asked),
    fetchPage: (cursor, signal) => client.qa.runs.query({ ...asked, cursor }, { signal }),
    idOf,
    topics: ['jobs', 'traces'],
  });
  const [dialog, setDialog] = useState<'traces' | 'repository' | null>(null);
  const close = () => setDialog(null);
  const sample = useMutation(trpc.qa.start.mutationOptions({ onSuccess: () => void runs.refresh() }));
  const doctor = params.get('doctor') === '1';
  const runSample = () => sample.mutate({ sample: true });
  return (
    <Page
      tools={
        <>
          <NativeSelect
            aria-label="State"
            value={state ?? ''}
            onChange={(event) => replaceHashParams({ state: event.currentTarget.value, run: null })}
            data={[
              { value: '', label: 'Any state' },
              ...states.map((each) => ({ value: each, label: stateWords[each] })),
            ]}
          />
          <NativeSelect
            aria-label="Verdict"
            value={verdict ?? ''}
            onChange={(event) => replaceHashParams({ verdict: event.currentTarget.value, run: null })}
            data={[
              { value: '', label: 'Any verdict' },
              ...qaVerdicts.map((each) => ({ value: each, label: verdictWords[each].label })),
            ]}
          />
          <span className={classes.about} />
          <Button
            variant="default"
            leftSection={<IconStethoscope size={14} />}
            aria-expanded={doctor}
            onClick={() => replaceHashParams({ doctor: doctor ? null : '1', run: null })}
          >
            Doctor
          </Button>
          <Menu position="bottom-end">
            <Menu.Target>
              <Button
                leftSection={<IconPlayerPlay size={14} />}
                rightSection={<IconChevronDown size={13} />}
                loading={sample.isPending}
              >
                Run tests
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={() => setDialog('traces')}>Of traces…</Menu.Item>
              <Menu.Item onClick={() => setDialog('repository')}>Of a repository…</Menu.Item>
              <Menu.Item onClick={runSample}>Of the sample repository</Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </>
      }
    >
      {sample.isError && <FailureNotice error={sample.error} />}
      <Split
        beside={
          doctor ? (
            <SidePanel title="Doctor" label="Doctor" onClose={() => replaceHashParams({ doctor: null })}>
              <Doctor />
            </SidePanel>
          ) : (
            shown !== null && (
              <SidePanel
                key={shown}
                title="Run of tests"
                label="Run of tests"
                onClose={() => replaceHashParams({ run: null })}
              >
                <ShownRun runId={shown} />
              </SidePanel>
            )
          )
        }
      >
        <ListState
          list={runs}
          label="Loading runs of tests"
          empty={<None filtered={state !== undefined || verdict !== undefined} onSample={runSample} />}
        >
          <VirtualTable
            label="Runs of tests"
            rows={runs.items}
            columns={runColumns}
            rowId={idOf}
            selectedId={shown}
            onOpen={(run) => replaceHashParams({ run: run.run_id, doctor: null })}
            list={runs}
          />
        </ListState>
      </Split>
      <BulkRunDialog meant={{ query: '' }} opened={dialog === 'traces'} onClose={close} />
      <RepositoryRunDialog opened={dialog === 'repository'} onClose={close} />
    </Page>
  );
}

function None({ filtered, onSample }: { filtered: boolean; onSample(): void }) {
  const command = useCommand()('qa', '--sample');
  if (filtered)
    return (
      <EmptyState
        title="No run is so"
        icon={IconFlask2}
        actions={
          <Button variant="default" onClick={() => replaceHashParams({ state: null, verdict: null })}>
            Show all runs
          </Button>
        }
      />
    );
  return (
    <EmptyState
      title="No tests were run yet"
      icon={IconFlask2}
      actions={
        <>
          <Button variant="default" onClick={() => replaceHashParams({ doctor: '1' })}>
            What it needs
          </Button>
          <Button onClick={onSample}>Run the sample</Button>
        </>
      }
    >
      The tests of a trace’s repository run in a closed container, before and after the change. A small repository comes
      along to try it with.
      <span className={classes.shell}>
        <code>{command}</code>
        <CopyButton value={command} label="Copy the command" size={20} />
      </span>
    </EmptyState>
  );
}
