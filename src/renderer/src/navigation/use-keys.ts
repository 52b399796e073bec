import { useEffect, useRef } from 'react';

export type KeyHandlers = Record<string, (event: KeyboardEvent) => void>;

/** True where a letter belongs to a field, not to a shortcut. */
function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement)
    return true;
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'button'].includes(target.type);
}

/** Enter and Space belong to what has the focus; so do the arrows in menus, tabs and radio groups. */
function belongsToFocus(event: KeyboardEvent): boolean {
  if (!(event.target instanceof HTMLElement)) return false;
  if (event.key === 'Enter' || event.key === ' ')
    return event.target.closest('button, a, [role=menuitem], [role=tab]') !== null;
  if (event.key.startsWith('Arrow'))
    return event.target.closest('[role=tab], [role=menu], [role=radiogroup], input') !== null;
  return false;
}

/**
 * Shortcuts of a page, by `event.key` (`mod+z` for Ctrl or Cmd). They are silent while a field has the focus or a
 * dialog is open.
 */
export function useKeys(handlers: KeyHandlers, enabled = true): void {
  const latest = useRef(handlers);
  latest.current = handlers;
  useEffect(() => {
    if (!enabled) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey || isTyping(event.target) || belongsToFocus(event)) return;
      if (document.querySelector('[role=dialog][aria-modal=true], [role=menu]')) return;
      const key = event.ctrlKey || event.metaKey ? `mod+${event.key.toLowerCase()}` : event.key;
      const handler = latest.current[key];
      if (!handler) return;
      event.preventDefault();
      handler(event);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [enabled]);
}
