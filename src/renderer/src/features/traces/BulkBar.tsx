import { ActionIcon, Button, Menu, Tooltip } from '@mantine/core';
import { IconCheck, IconDownload, IconStar, IconTag, IconTrash, IconX } from '@tabler/icons-react';
import type { ReviewPatch } from '../review/index.js';
import { mostPicked } from './selection-query.js';
import classes from './traces.module.css';

const tooMany = `An export takes at most ${mostPicked} picked traces. Narrow the query, and export what it matches.`;

/** What can be done with the picked rows, each with its key. */
export function BulkBar({
  count,
  apply,
  onTags,
  onExport,
  onDelete,
  onClear,
}: {
  count: number;
  apply(patch: ReviewPatch): void;
  onTags(): void;
  onExport(): void;
  onDelete(): void;
  onClear(): void;
}) {
  return (
    <div className={classes.bulk} role="toolbar" aria-label="Selected traces">
      <strong className="num">{count} selected</strong>
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
      <Button
        variant="default"
        leftSection={<IconDownload size={14} />}
        disabled={count > mostPicked}
        title={count > mostPicked ? tooMany : undefined}
        onClick={onExport}
      >
        Export
      </Button>
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
