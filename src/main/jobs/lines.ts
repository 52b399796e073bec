/** Lets so many of each kind run at once; the others wait in the order in which they came. */
export function createLines(atOnce: (kind: string) => number) {
  const waiting = new Map<string, (() => Promise<void>)[]>();
  const running = new Map<string, number>();

  function pump(kind: string): void {
    const line = waiting.get(kind) ?? [];
    while (line.length > 0 && (running.get(kind) ?? 0) < atOnce(kind)) {
      const next = line.shift() as () => Promise<void>;
      running.set(kind, (running.get(kind) ?? 0) + 1);
      void next().finally(() => {
        running.set(kind, (running.get(kind) ?? 1) - 1);
        pump(kind);
      });
    }
  }

  return {
    /** `run` must not reject. It begins after the caller is done. */
    join(kind: string, run: () => Promise<void>): void {
      const line = waiting.get(kind) ?? [];
      waiting.set(kind, [...line, run]);
      queueMicrotask(() => pump(kind));
    },
  };
}
