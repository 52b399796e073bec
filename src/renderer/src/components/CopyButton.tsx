import { ActionIcon, Tooltip } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconCheck, IconCopy } from '@tabler/icons-react';

interface Props {
  value: string;
  /** What is copied, for the tooltip and for screen readers: `Copy proxy address`. */
  label: string;
  size?: number;
}

export function CopyButton({ value, label, size = 24 }: Props) {
  const clipboard = useClipboard({ timeout: 1500 });
  const Picture = clipboard.copied ? IconCheck : IconCopy;
  return (
    <Tooltip label={clipboard.copied ? 'Copied' : label}>
      <ActionIcon
        size={size}
        aria-label={clipboard.copied ? 'Copied' : label}
        onClick={(event) => {
          event.stopPropagation();
          clipboard.copy(value);
        }}
      >
        <Picture size={Math.round(size * 0.6)} stroke={1.7} color={clipboard.copied ? 'var(--s-green)' : undefined} />
      </ActionIcon>
    </Tooltip>
  );
}
