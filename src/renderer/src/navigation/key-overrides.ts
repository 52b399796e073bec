import { useSyncExternalStore } from 'react';

/** Keys by shortcut, where somebody chose others. They belong to who sits at this keyboard: the browser keeps them. */
export type KeyOverrides = { readonly [id: string]: readonly string[] };

const storageKey = 'sluice.keys';
const listeners = new Set<() => void>();
let overrides = read();

function read(): KeyOverrides {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(storageKey) ?? '{}');
    if (typeof stored !== 'object' || stored === null) return {};
    const lists = Object.entries(stored).filter(
      (entry): entry is [string, string[]] =>
        Array.isArray(entry[1]) && entry[1].every((key) => typeof key === 'string' && key !== ''),
    );
    return Object.fromEntries(lists);
  } catch {
    // Storage denied, or written by something else: the keys are as they were made.
    return {};
  }
}

export function keyOverrides(): KeyOverrides {
  return overrides;
}

/** False where the browser does not keep them: they hold until the page is left. */
export function setKeyOverrides(next: KeyOverrides): boolean {
  overrides = next;
  for (const listener of listeners) listener();
  try {
    localStorage.setItem(storageKey, JSON.stringify(next));
    return true;
  } catch {
    return false;
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  // Another window of the studio.
  const heard = (event: StorageEvent) => {
    if (event.key !== storageKey) return;
    overrides = read();
    listener();
  };
  addEventListener('storage', heard);
  return () => {
    listeners.delete(listener);
    removeEventListener('storage', heard);
  };
}

/** Draws whoever asks anew when keys change. */
export function useKeyOverrides(): KeyOverrides {
  return useSyncExternalStore(subscribe, keyOverrides);
}
