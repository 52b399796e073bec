import { useKeydown } from '../components/use-keydown.js';

export type KeyHandlers = Record<string, () => void>;

/** Enter and Space belong to what has the focus; so do the arrows in menus, tabs and radio groups. */
function belongsToFocus(event: KeyboardEvent): boolean {
  if (!(event.target instanceof HTMLElement)) return false;
  if (event.key === 'Enter' || event.key === ' ')
    return event.target.closest('button, a, [role=menuitem], [role=tab]') !== null;
  if (event.key.startsWith('Arrow'))
    return event.target.closest('[role=tab], [role=menu], [role=radiogroup], input') !== null;
  return false;
}

/** Shortcuts of a page, by key as `useKeydown` names it; `last`: where nobody else takes the key. */
export function useKeys(handlers: KeyHandlers, { last = false }: { last?: boolean } = {}): void {
  useKeydown((key, event) => {
    const handler = handlers[key];
    if (!handler || belongsToFocus(event)) return false;
    if (last) {
      // Behind whoever else listens, in whichever order they came.
      setTimeout(() => event.defaultPrevented || handler());
      return false;
    }
    handler();
    return true;
  });
}
