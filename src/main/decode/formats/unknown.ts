/** Distinct names kept per response; the rest is counted together, so that a hostile stream cannot fill memory. */
const maxNames = 64;

/** Counts what a format does not know, by name. */
export interface UnknownCounter {
  add(name: string, times?: number): void;
  counts(): { [type: string]: number };
}

export function unknownCounter(): UnknownCounter {
  const seen = new Map<string, number>();
  return {
    add(name, times = 1) {
      const short = name.slice(0, 100);
      const key = seen.has(short) || seen.size < maxNames ? short : '…';
      seen.set(key, (seen.get(key) ?? 0) + times);
    },
    // fromEntries defines own properties, also for a name like `__proto__`.
    counts: () => Object.fromEntries(seen),
  };
}
