import { Group, Modal, Text, Textarea } from '@mantine/core';
import { useCallback, useEffect, useRef, useState } from 'react';
import { uuidv7 } from '../../../../shared/ids.js';
import type { TraceSummary } from '../../../../shared/model/index.js';
import { useReview } from './use-review.js';

const maxNote = 20_000;
const pause_ms = 500;

/** The note of one trace. Saved by itself while typing and on leaving; one visit is one undo step. */
export function NoteDialog({ trace, opened, onClose }: { trace: TraceSummary; opened: boolean; onClose(): void }) {
  return (
    <Modal
      closeButtonProps={{ 'aria-label': 'Close' }}
      transitionProps={{ duration: 0 }}
      opened={opened}
      onClose={onClose}
      title="Note"
      size="lg"
      yOffset="10vh"
    >
      {opened && <NoteEditor key={trace.trace_id} trace={trace} />}
    </Modal>
  );
}

function NoteEditor({ trace }: { trace: TraceSummary }) {
  const { apply } = useReview();
  const [text, setText] = useState(trace.review?.note ?? '');
  const [state, setState] = useState<'saved' | 'saving' | 'unsaved' | 'failed'>('saved');
  const pending = useRef<string | null>(null);
  const visit = useRef(uuidv7());

  const save = useCallback(async () => {
    const note = pending.current;
    if (note === null) return;
    pending.current = null;
    setState('saving');
    const saved = await apply([trace.trace_id], { note }, { quiet: true, part_of: visit.current });
    if (!saved) pending.current ??= note;
    setState(saved ? (pending.current === null ? 'saved' : 'unsaved') : 'failed');
  }, [apply, trace.trace_id]);

  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  // Leaving by Escape, by a click outside or by another page: what was typed is kept.
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      void save();
    },
    [save],
  );

  return (
    <>
      <Textarea
        data-autofocus
        aria-label="Note"
        placeholder="What should a reader of this trace know?"
        autosize
        minRows={6}
        maxRows={18}
        maxLength={maxNote}
        value={text}
        onChange={(event) => {
          const value = event.currentTarget.value;
          pending.current = value;
          setText(value);
          setState('unsaved');
          clearTimeout(timer.current);
          timer.current = setTimeout(() => void save(), pause_ms);
        }}
      />
      <Group justify="space-between" mt={6}>
        <Text size="xs" c="dimmed" aria-live="polite">
          {
            { saved: 'Saved', saving: 'Saving…', unsaved: 'Not saved yet', failed: 'Not saved: the engine refused it' }[
              state
            ]
          }
        </Text>
        <Text size="xs" c="dimmed">
          {text.length > maxNote - 1000 ? `${maxNote - text.length} characters left · ` : ''}Escape leaves
        </Text>
      </Group>
    </>
  );
}
