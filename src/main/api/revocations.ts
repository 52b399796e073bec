/** How often the tokens of what stands open are looked at: another process may revoke them in their file. */
const everyMs = 250;

export interface Revocations {
  /**
   * Calls `end` within a second after the token stopped opening what it was taken for. `opens` throws where nobody can tell,
   * which opens nothing. Returns how to stop watching.
   */
  watch(opens: () => boolean, end: () => void): () => void;
  close(): void;
}

/** What a token opened and still stands (streams of events, uploads, downloads, RPC connections) ends with the token. */
export function createRevocations(): Revocations {
  const watched = new Map<object, { opens: () => boolean; end: () => void; shut: boolean }>();

  function look(): void {
    for (const [key, entry] of watched) {
      if (stands(entry.opens)) {
        entry.shut = false;
        continue;
      }
      // Only at the second look: who revokes the token that he asks with is to hear the answer.
      if (entry.shut) {
        watched.delete(key);
        entry.end();
      }
      entry.shut = true;
    }
  }
  const timer = setInterval(look, everyMs).unref();

  return {
    watch(opens, end) {
      const key = {};
      watched.set(key, { opens, end, shut: false });
      return () => watched.delete(key);
    },
    close: () => clearInterval(timer),
  };
}

function stands(opens: () => boolean): boolean {
  try {
    return opens();
  } catch {
    return false;
  }
}
