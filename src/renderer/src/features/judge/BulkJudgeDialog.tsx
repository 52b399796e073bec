import { Modal } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { WantedTraces } from '../../../../shared/model/index.js';
import { ChosenTraces } from '../../components/ChosenTraces.js';
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

/** Judges many traces as one job. */
export function BulkJudgeDialog({ meant, picked = false, opened, onClose }: Props) {
  function started(): void {
    notifications.show({ message: 'The judges were asked', color: 'sluice' });
    onClose();
    go(hrefTo('/verify/judgements'));
  }

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
      {opened && (
        <ChosenTraces meant={meant} picked={picked} placeholder="qa:done label:none">
          {(wanted) => <JudgeForm meant={wanted} onStarted={started} />}
        </ChosenTraces>
      )}
    </Modal>
  );
}
