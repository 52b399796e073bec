import { useSyncExternalStore } from 'react';
import { uploadFile } from './upload.js';

interface Uploads {
  /** Names of the files on their way, the first is being sent. */
  sending: readonly string[];
  failures: readonly { name: string; message: string }[];
}

/** Longer than any file takes. */
const longestMs = 6 * 60 * 60_000;

// Of the studio, not of its page: files go on being sent while other pages are shown.
let state: Uploads = { sending: [], failures: [] };
let last: Promise<void> = Promise.resolve();
const listeners = new Set<() => void>();

function set(change: Partial<Uploads>): void {
  state = { ...state, ...change };
  for (const listener of listeners) listener();
}

/** Sends files to the engine, one after the other: each is a job of its own there. */
export function sendFiles(files: readonly File[]): void {
  set({ failures: [], sending: [...state.sending, ...files.map(({ name }) => name)] });
  for (const file of files) last = last.then(() => send(file));
}

async function send(file: File): Promise<void> {
  try {
    await uploadFile(file, AbortSignal.timeout(longestMs));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    set({ failures: [...state.failures.filter(({ name }) => name !== file.name), { name: file.name, message }] });
  }
  const at = state.sending.indexOf(file.name);
  set({ sending: state.sending.filter((_, index) => index !== at) });
}

export function useUploads(): Uploads {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
  );
}
