import { ActionIcon, Button, Menu, Tooltip } from '@mantine/core';
import {
  IconArrowsDiff,
  IconCheck,
  IconDownload,
  IconFileCheck,
  IconFlask2,
  IconGavel,
  IconNote,
  IconStar,
  IconTag,
  IconTestPipe,
  IconTrash,
  IconX,
} from '@tabler/icons-react';
import type { ReviewPatch } from '../review/index.js';
import classes from './traces.module.css';

/** What can be done with the picked rows, each with its key. */
export function BulkBar({
  count,
  more,
  matching,
  apply,
  onMatching,
  onTags,
  onNote,
  onConsent,
  onTests,
  onJudge,
  onExport,
  onCompare,
  onDelete,
  onClear,
}: {
  /** Null while everything that matches is being counted. */
  count: number | null;
  /** The list goes on behind the rows that are read. */
  more: boolean;
  /** Everything that the query finds is selected, not rows. */
  matching: boolean;
  apply(patch: ReviewPatch): void;
  onMatching(): void;
  onTags(): void;
  onNote(): void;
  onConsent(): void;
  onTests(): void;
  onJudge(): void;
  onExport(): void;
  /** Null where it is not two. */
  onCompare: (() => void) | null;
  onDelete(): void;
  onClear(): void;
}) {
  return (
    <div className={classes.bulk} role="toolbar" aria-label="Selected traces">
      <strong className="num" role="status">
        {count === null ? 'Counting…' : `${matching ? 'All ' : ''}${count.toLocaleString('en')} selected`}
      </strong>
      {!matching && more && (
        <Button variant="subtle" onClick={onMatching}>
          Select all that match
        </Button>
      )}
      <Button variant="default" leftSection={<IconCheck size={14} />} onClick={() => apply({ label: 'accepted' })}>
        Accept
      </Button>
      <Button variant="default" leftSection={<IconX size={14} />} onClick={() => apply({ label: 'rejected' })}>
        Reject
      </Button>
      <Menu>
        <Menu.Target>
          <Button variant="default" leftSection={<IconStar size={14} />}>
            Rate
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {[5, 4, 3, 2, 1].map((rating) => (
            <Menu.Item key={rating} onClick={() => apply({ rating })}>
              {rating} of 5
            </Menu.Item>
          ))}
          <Menu.Item onClick={() => apply({ rating: null })}>Remove rating</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Button variant="default" leftSection={<IconTag size={14} />} onClick={onTags}>
        Tags
      </Button>
      <Button variant="default" leftSection={<IconNote size={14} />} onClick={onNote}>
        Note
      </Button>
      <Button variant="default" leftSection={<IconFileCheck size={14} />} onClick={onConsent}>
        Consent
      </Button>
      <Menu>
        <Menu.Target>
          <Button variant="default" leftSection={<IconTestPipe size={14} />} disabled={count === null}>
            Verify
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconFlask2 size={14} />} onClick={onTests}>
            Run tests…
          </Menu.Item>
          <Menu.Item leftSection={<IconGavel size={14} />} onClick={onJudge}>
            Judge…
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Button variant="default" leftSection={<IconDownload size={14} />} disabled={count === null} onClick={onExport}>
        Export
      </Button>
      {onCompare && (
        <Button variant="default" leftSection={<IconArrowsDiff size={14} />} onClick={onCompare}>
          Compare
        </Button>
      )}
      <Button variant="default" color="red" leftSection={<IconTrash size={14} />} onClick={onDelete}>
        Delete
      </Button>
      <Tooltip label="Clear selection (Esc)">
        <ActionIcon aria-label="Clear selection" onClick={onClear} ml="auto">
          <IconX size={15} />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}
