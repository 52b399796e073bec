import { ownCopy } from './own-copy.js';

/** A bounded memory of what was worked out for a string. */
export interface Memo<T> {
  get(text: string): T | undefined;
  set(text: string, value: T): void;
}

/**
 * Two generations of a map: when the young one holds half of `bytes`, it becomes the old one. Agents resend their
 * whole history at every call, so nearly every long string has been seen before.
 */
export function createMemo<T>(bytes: number): Memo<T> {
  let young = new Map<string, T>();
  let old = new Map<string, T>();
  let size = 0;

  function set(text: string, value: T): void {
    const cost = text.length * 2 + 128;
    if (cost * 2 > bytes) return;
    if (size + cost > bytes / 2) {
      old = young;
      young = new Map();
      size = 0;
    }
    young.set(ownCopy(text), value);
    size += cost;
  }

  return {
    get(text) {
      const value = young.get(text);
      if (value !== undefined) return value;
      const older = old.get(text);
      if (older !== undefined) set(text, older);
      return older;
    },
    set,
  };
}
