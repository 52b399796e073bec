import { useSyncExternalStore } from 'react';

/**
 * `connecting` until the first open; `lost` after a close, while reconnecting; `refused` when the engine does not
 * accept the token: no reconnect will help.
 */
export type ConnectionState = 'connecting' | 'open' | 'lost' | 'refused';

let current: ConnectionState = 'connecting';
const listeners = new Set<(state: ConnectionState, before: ConnectionState) => void>();

export function getConnection(): ConnectionState {
  return current;
}

export function setConnection(state: ConnectionState): void {
  if (state === current) return;
  const before = current;
  current = state;
  for (const listener of listeners) listener(state, before);
}

/** Calls `listener` at every change; returns its own removal. */
export function onConnection(listener: (state: ConnectionState, before: ConnectionState) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useConnection(): ConnectionState {
  return useSyncExternalStore(onConnection, getConnection);
}
