import { useSyncExternalStore } from 'react';

export interface Announcement {
  kind: 'done' | 'failed';
  text: string;
  /** The change can be taken back with U. */
  undo?: boolean;
}

let current: (Announcement & { id: number }) | null = null;
let count = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

function set(next: typeof current): void {
  current = next;
  for (const listener of listeners) listener();
}

/** Shows one line at the foot of the page; the next one takes its place, so fast labelling never piles up. */
export function announce(announcement: Announcement): void {
  clearTimeout(timer);
  count += 1;
  set({ ...announcement, id: count });
  timer = setTimeout(() => set(null), announcement.kind === 'failed' ? 12_000 : 4_000);
}

export function dismissAnnouncement(): void {
  clearTimeout(timer);
  set(null);
}

export function useAnnouncement(): typeof current {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
}
