import { Modal, TagsInput, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { TraceSummary } from '../../../../shared/model/index.js';
import { trpc } from '../../rpc/client.js';
import { useReview } from './use-review.js';

const maxTags = 64;
const clean = (tag: string) => tag.trim().slice(0, 64);

/** Tags that all of these traces have. */
function commonTags(traces: TraceSummary[]): string[] {
  const [first, ...rest] = traces.map((trace) => trace.review?.tags ?? []);
  return (first ?? []).filter((tag) => rest.every((tags) => tags.includes(tag)));
}

/** Adds and removes tags on one trace or on all selected ones; each change is saved at once and can be undone. */
export function TagsDialog({ traces, opened, onClose }: { traces: TraceSummary[]; opened: boolean; onClose(): void }) {
  const { apply } = useReview();
  const [search, setSearch] = useState('');
  const [prefix] = useDebouncedValue(search, 120);
  const tagValues = useQuery(
    trpc.query.values.queryOptions(
      { scope: 'traces', field: 'tag', prefix },
      { enabled: opened, placeholderData: keepPreviousData },
    ),
  );
  const shown = useMemo(() => commonTags(traces), [traces]);
  const some = useMemo(() => {
    const all = new Set(traces.flatMap((trace) => trace.review?.tags ?? []));
    return [...all].filter((tag) => !shown.includes(tag));
  }, [traces, shown]);

  const change = (next: string[]) => {
    const wanted = [...new Set(next.map(clean).filter((tag) => tag !== ''))];
    const removed = new Set(shown.filter((tag) => !wanted.includes(tag)));
    void apply(
      traces.map((trace) => trace.trace_id),
      (review) => ({
        tags: [...new Set([...review.tags.filter((tag) => !removed.has(tag)), ...wanted])].slice(0, maxTags),
      }),
    );
  };

  return (
    <Modal
      closeButtonProps={{ 'aria-label': 'Close' }}
      transitionProps={{ duration: 0 }}
      opened={opened}
      onClose={onClose}
      title={traces.length > 1 ? `Tags of ${traces.length} traces` : 'Tags'}
      size="md"
      yOffset="14vh"
    >
      <TagsInput
        data-autofocus
        aria-label="Tags"
        placeholder="Add a tag"
        description="Enter or comma adds, Backspace removes, Escape leaves."
        value={shown}
        onChange={change}
        searchValue={search}
        onSearchChange={setSearch}
        data={(tagValues.data ?? []).map(({ value }) => value)}
        maxTags={maxTags}
        maxLength={64}
        acceptValueOnBlur={false}
      />
      {some.length > 0 && (
        <Text size="xs" c="dimmed" mt="xs">
          Only on some of them: {some.slice(0, 12).join(', ')}
          {some.length > 12 ? ` and ${some.length - 12} more` : ''}
        </Text>
      )}
    </Modal>
  );
}
