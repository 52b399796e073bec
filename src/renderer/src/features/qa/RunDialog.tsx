import { Modal, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { Job, WantedTraces } from '../../../../shared/model/index.js';
import { FailureNotice } from '../../components/FailureNotice.js';
import { checkQuery } from '../../components/query-check.js';
import { go, hrefTo } from '../../navigation/hash-params.js';
import { trpc } from '../../rpc/client.js';
import classes from './qa.module.css';
import { RunForm } from './RunForm.js';

interface Props {
  opened: boolean;
  onClose(): void;
}

function Dialog({ title, opened, onClose, children }: Props & { title: string; children: ReactNode }) {
  return (
    <Modal
      closeButtonProps={{ 'aria-label': 'Close' }}
      transitionProps={{ duration: 0 }}
      opened={opened}
      onClose={onClose}
      title={title}
      size={680}
      yOffset="5vh"
    >
      {opened && children}
    </Modal>
  );
}

/** Runs the tests of one trace. */
export function TraceRunDialog({
  traceId,
  onStarted,
  ...dialog
}: Props & { traceId: string; onStarted(job: Job): void }) {
  return (
    <Dialog title="Run the tests of this trace" {...dialog}>
      <RunForm
        meant={{ query: '', trace_ids: [traceId] }}
        single
        onCancel={dialog.onClose}
        onStarted={(job) => {
          onStarted(job);
          dialog.onClose();
        }}
      />
    </Dialog>
  );
}

const begun = (close: () => void) => () => {
  notifications.show({ message: 'The tests were asked for', color: 'sluice' });
  close();
  go(hrefTo('/verify/tests'));
};

/** Runs the tests of a repository that no trace worked on. */
export function RepositoryRunDialog(dialog: Props) {
  return (
    <Dialog title="Run the tests of a repository" {...dialog}>
      <RunForm meant={null} single onCancel={dialog.onClose} onStarted={begun(dialog.onClose)} />
    </Dialog>
  );
}

/** While a query is typed it is not counted. */
const pauseMs = 350;

/** Runs the tests of many traces as one job; says first how many they are. */
export function BulkRunDialog({
  meant,
  picked = false,
  ...dialog
}: Props & {
  /** Whose tests run. */
  meant: WantedTraces;
  /** It was selected before, and stays so; otherwise the query can be changed here. */
  picked?: boolean;
}) {
  return (
    <Dialog title="Run the tests of traces" {...dialog}>
      <Bulk meant={meant} picked={picked} onClose={dialog.onClose} />
    </Dialog>
  );
}

function Bulk({ meant, picked, onClose }: { meant: WantedTraces; picked: boolean; onClose(): void }) {
  const [query, setQuery] = useState(meant.query);
  const [settled] = useDebouncedValue(query.trim(), pauseMs);
  const problem = picked ? null : checkQuery('traces', query);
  const wanted: WantedTraces = picked ? meant : { query: settled };
  return (
    <>
      {!picked && (
        <TextInput
          data-autofocus
          mb="sm"
          label="Traces"
          description="A query, as in the traces list. Empty: all of them."
          placeholder="qa:none label:accepted"
          value={query}
          error={problem?.message}
          onChange={(event) => setQuery(event.currentTarget.value)}
        />
      )}
      {problem === null && (
        <RunForm
          meant={wanted}
          single={false}
          note={<Count wanted={wanted} />}
          onCancel={onClose}
          onStarted={begun(onClose)}
        />
      )}
    </>
  );
}

function Count({ wanted }: { wanted: WantedTraces }) {
  const count = useQuery(trpc.traces.count.queryOptions(wanted, { staleTime: 0 }));
  if (count.isError) return <FailureNotice error={count.error} />;
  const traces = count.data?.traces;
  return (
    <p className={classes.note} role="status">
      {traces === undefined
        ? 'Counting…'
        : `${traces === 1 ? '1 trace' : `${traces.toLocaleString('en')} traces, each with a run of its own`}. Repository, commits and command are the trace’s own; where they are not known, its run says so.`}
    </p>
  );
}
