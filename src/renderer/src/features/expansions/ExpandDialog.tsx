import { Modal } from '@mantine/core';
import { useState } from 'react';
import { ChosenTraces } from '../../components/ChosenTraces.js';
import { ExpandForm } from './ExpandForm.js';
import { ExpandJob } from './ExpandJob.js';

interface Props {
  /** Whose calls; it can be changed in the dialog. */
  query: string;
  opened: boolean;
  onClose(): void;
}

/** Has a model write the reasoning of calls. A job that runs goes on when the dialog is closed and is there again when it opens. */
export function ExpandDialog({ query, opened, onClose }: Props) {
  const [jobId, setJobId] = useState<string | null>(null);
  return (
    <Modal
      closeButtonProps={{ 'aria-label': 'Close' }}
      transitionProps={{ duration: 0 }}
      opened={opened}
      onClose={onClose}
      title="Have reasoning written"
      size={620}
      yOffset="6vh"
    >
      {opened && jobId !== null && <ExpandJob jobId={jobId} onAgain={() => setJobId(null)} onClose={onClose} />}
      {opened && jobId === null && (
        <ChosenTraces meant={{ query }} picked={false} placeholder="label:accepted has:tool">
          {(wanted) => <ExpandForm meant={wanted} onStarted={({ job_id }) => setJobId(job_id)} />}
        </ChosenTraces>
      )}
    </Modal>
  );
}
