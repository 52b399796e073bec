import { useSyncExternalStore } from 'react';
import type { Review } from '../../../../shared/model/index.js';

export type ReviewPatch = Partial<Pick<Review, 'label' | 'rating' | 'tags' | 'note'>>;

/** One thing the user did, over one or many traces. */
export interface UndoEntry {
  /** What was done, e.g. `Accepted 3 traces`. */
  title: string;
  changes: { trace_id: string; before: ReviewPatch }[];
  /** The address that it was done at. */
  at?: string;
  /** Entries with the same key right after each other are one: all the autosaves of one visit to a note. */
  merge?: string;
}

const storageKey = 'sluice.undo';
const depth = 100;

// Kept for the browser session: a reload must not take back the way back.
function restore(): UndoEntry[] {
  try {
    const parsed: unknown = JSON.parse(sessionStorage.getItem(storageKey) ?? '[]');
    return Array.isArray(parsed) ? (parsed as UndoEntry[]) : [];
  } catch {
    return [];
  }
}

let entries = restore();
const listeners = new Set<() => void>();

function change(next: UndoEntry[]): void {
  entries = next;
  try {
    sessionStorage.setItem(storageKey, JSON.stringify(entries));
  } catch {
    // Storage full or denied: undo still works until the page is left.
  }
  for (const listener of listeners) listener();
}

export function pushUndo(entry: UndoEntry): void {
  if (entry.merge !== undefined && entries.at(-1)?.merge === entry.merge) return;
  change([...entries, { at: location.hash, ...entry }].slice(-depth));
}

export function popUndo(): UndoEntry | undefined {
  const entry = entries.at(-1);
  if (entry) change(entries.slice(0, -1));
  return entry;
}

/** The newest entry, which the next undo takes back. */
export function useUndoTop(): UndoEntry | undefined {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => entries.at(-1),
  );
}
