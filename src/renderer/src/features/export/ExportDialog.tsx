import { Modal } from '@mantine/core';
import { useState } from 'react';
import type { WantedTraces } from '../../../../shared/model/index.js';
import { ExportForm } from './ExportForm.js';
import { ExportJob } from './ExportJob.js';

interface Props {
  /** What to export; a query can be changed in the dialog. */
  meant: WantedTraces;
  opened: boolean;
  onClose(): void;
}

/** Turns traces into a dataset. A running export goes on when the dialog is closed and is there again when it opens. */
export function ExportDialog({ meant, opened, onClose }: Props) {
  const [jobId, setJobId] = useState<string | null>(null);
  return (
    <Modal
      closeButtonProps={{ 'aria-label': 'Close' }}
      transitionProps={{ duration: 0 }}
      opened={opened}
      onClose={onClose}
      title="Export dataset"
      size={1060}
      yOffset="5vh"
      centered={false}
    >
      {jobId === null ? (
        <ExportForm key={keyOf(meant)} meant={meant} onStarted={setJobId} />
      ) : (
        <ExportJob key={jobId} jobId={jobId} onClose={onClose} onAgain={() => setJobId(null)} onStarted={setJobId} />
      )}
    </Modal>
  );
}

function keyOf({ query, trace_ids: ids }: WantedTraces): string {
  return ids === undefined ? query : `${query} ${ids.length} ${ids[0]} ${ids.at(-1)}`;
}
