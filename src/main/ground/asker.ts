import { AsyncLocalStorage } from 'node:async_hooks';

/** Whose token the work at hand is for; '' for the studio's own and for what the engine does by itself. */
const current = new AsyncLocalStorage<string>();

/** Does something for whoever asks; whatever it waits for meanwhile is for them too. */
export function onBehalfOf<T>(tokenId: string | null, work: () => T): T {
  return current.run(tokenId ?? '', work);
}

export function asker(): string {
  return current.getStore() ?? '';
}
