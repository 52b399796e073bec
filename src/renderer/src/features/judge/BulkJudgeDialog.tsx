import { Modal, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import type { WantedTraces } from '../../../../shared/model/index.js';
import { checkQuery } from '../../components/query-check.js';
import { go, hrefTo } from '../../navigation/hash-params.js';
import { JudgeForm } from './JudgeForm.js';

interface Props {
  /** What is judged. */
  meant: WantedTraces;
  /** It was selected before, and stays so; otherwise the query can be changed here. */
  picked?: boolean;
  opened: boolean;
  onClose(): void;
}

/** While a query is typed its cost is not asked for. */
const pauseMs = 350;

/** Judges many traces as one job. */
export function BulkJudgeDialog({ meant, picked = false, opened, onClose }: Props) {
  return (
    <Modal
      closeButtonProps={{ 'aria-label': 'Close' }}
      transitionProps={{ duration: 0 }}
      opened={opened}
      onClose={onClose}
      title="Judge traces"
      size={620}
      yOffset="6vh"
    >
      {opened && <Form meant={meant} picked={picked} onClose={onClose} />}
    </Modal>
  );
}

function Form({ meant, picked, onClose }: { meant: WantedTraces; picked: boolean; onClose(): void }) {
  const [query, setQuery] = useState(meant.query);
  const [settled] = useDebouncedValue(query, pauseMs);
  const problem = picked ? null : checkQuery('traces', query);
  return (
    <>
      {!picked && (
        <TextInput
          data-autofocus
          mb="sm"
          label="Traces"
          description="A query, as in the traces list. Empty: all of them."
          placeholder="qa:done label:none"
          value={query}
          error={problem?.message}
          onChange={(event) => setQuery(event.currentTarget.value)}
        />
      )}
      {problem === null && (
        <JudgeForm
          meant={picked ? meant : { query: settled }}
          onStarted={() => {
            notifications.show({ message: 'The judges were asked', color: 'sluice' });
            onClose();
            go(hrefTo('/verify/judgements'));
          }}
        />
      )}
    </>
  );
}
