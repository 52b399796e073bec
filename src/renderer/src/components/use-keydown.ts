import { useLayoutEffect, useRef } from 'react';

/** True where a key belongs to what has the focus: a field for text, a choice, a menu. */
function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.closest('textarea, select, [role=menu], [role=listbox]')) return true;
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'button'].includes(target.type);
}

/** What lies over the page and has the keys: a dialog, a menu, what a button unfolds. */
const layers = '[aria-modal=true], [role=menu], [role=dialog]';
let overlaid: Event | null = null;

// Asked before anybody hears the key: who closes a layer has taken it away by the time the page is asked.
window.addEventListener('keydown', (event) => (overlaid = document.querySelector(layers) ? event : null), true);

/** A key as shortcuts name it: `a`, `A`, `mod+z`, `mod+shift+z`. */
export function keyOf({ key, ctrlKey, metaKey, shiftKey }: KeyboardEvent): string {
  return ctrlKey || metaKey ? `mod+${shiftKey ? 'shift+' : ''}${key.toLowerCase()}` : key;
}

/**
 * Keys of the window, by `event.key` (`mod+z` for Ctrl or Cmd); `onKey` answers true for a key it took. Silent while a
 * field has the focus, and for a key that was pressed on a dialog or menu.
 */
export function useKeydown(
  onKey: (key: string, event: KeyboardEvent) => boolean,
  { capture = false }: { capture?: boolean } = {},
): void {
  const latest = useRef(onKey);
  latest.current = onKey;
  // Before the page is painted: a key pressed on what one sees finds its handler.
  useLayoutEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey || isTyping(event.target) || event === overlaid) return;
      if (!latest.current(keyOf(event), event)) return;
      event.preventDefault();
      // What listens early takes the key for itself alone.
      if (capture) event.stopImmediatePropagation();
    };
    window.addEventListener('keydown', listen, capture);
    return () => window.removeEventListener('keydown', listen, capture);
  }, [capture]);
}
