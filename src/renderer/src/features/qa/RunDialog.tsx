import { Modal } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Job, WantedTraces } from '../../../../shared/model/index.js';
import { ChosenTraces } from '../../components/ChosenTraces.js';
import { FailureNotice } from '../../components/FailureNotice.js';
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
      <ChosenTraces meant={meant} picked={picked} placeholder="qa:none label:accepted">
        {(wanted) => (
          <RunForm
            meant={wanted}
            single={false}
            note={<Count wanted={wanted} />}
            onCancel={dialog.onClose}
            onStarted={begun(dialog.onClose)}
          />
        )}
      </ChosenTraces>
    </Dialog>
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
