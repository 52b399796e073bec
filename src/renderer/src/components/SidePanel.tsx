import { ActionIcon, Tooltip } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { IconX } from '@tabler/icons-react';
import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef } from 'react';
import classes from './SidePanel.module.css';
import { useEscape } from './use-escape.js';

const minWidth = 360;
/** What the list beside it keeps at least. */
const minRest = 340;

interface Props {
  title: ReactNode;
  label: string;
  onClose: () => void;
  /** Buttons beside the close button. */
  actions?: ReactNode;
  children: ReactNode;
}

/** A panel at the right that can be made wider by its edge; Escape closes it. */
export function SidePanel({ title, label, onClose, actions, children }: Props) {
  const panel = useRef<HTMLElement>(null);
  const [width, setWidth] = useLocalStorage({
    key: 'sluice.panel-width',
    defaultValue: 540,
    getInitialValueInEffect: false,
  });
  const limit = (wanted: number) => {
    const room = panel.current?.parentElement?.clientWidth ?? 1200;
    return Math.round(Math.max(minWidth, Math.min(wanted, room - minRest)));
  };
  useEscape('panel', onClose);

  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    const handle = event.currentTarget;
    const right = panel.current?.getBoundingClientRect().right ?? 0;
    handle.setPointerCapture(event.pointerId);
    const onMove = (move: globalThis.PointerEvent) => setWidth(limit(right - move.clientX));
    handle.addEventListener('pointermove', onMove);
    handle.addEventListener('lostpointercapture', () => handle.removeEventListener('pointermove', onMove), {
      once: true,
    });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    event.preventDefault();
    setWidth(limit(width + (event.key === 'ArrowLeft' ? 32 : -32)));
  };

  return (
    <aside
      className={classes.panel}
      ref={panel}
      aria-label={label}
      style={{ width: `clamp(${minWidth}px, ${width}px, calc(100% - ${minRest}px))` }}
    >
      <div
        className={classes.handle}
        role="separator"
        aria-orientation="vertical"
        aria-label="Width of the panel"
        aria-valuenow={width}
        aria-valuemin={minWidth}
        tabIndex={0}
        onPointerDown={onPointerDown}
        onKeyDown={onKeyDown}
      />
      <header className={classes.head}>
        <h2 className={`${classes.title} ellipsis`}>{title}</h2>
        {actions}
        <Tooltip label="Close (Esc)">
          <ActionIcon aria-label="Close panel" onClick={onClose}>
            <IconX size={16} stroke={1.7} />
          </ActionIcon>
        </Tooltip>
      </header>
      <div className={classes.content}>{children}</div>
    </aside>
  );
}
