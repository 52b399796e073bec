/** Numbers by name that one thread writes and others read: aligned 64-bit reads are whole. */
export interface SharedCounters<Name extends string> {
  add(name: Name, amount?: number): void;
  set(name: Name, value: number): void;
  get(name: Name): number;
}

/** Counters in memory that threads share, so that reading costs the one that counts nothing. `bytes`: what they take. */
export function sharedCounters<Name extends string>(
  names: readonly Name[],
): { bytes: number; over(memory: SharedArrayBuffer): SharedCounters<Name> } {
  const indexes = Object.fromEntries(names.map((name, index) => [name, index])) as Record<Name, number>;
  return {
    bytes: names.length * Float64Array.BYTES_PER_ELEMENT,
    over(memory) {
      const values = new Float64Array(memory);
      return {
        add(name, amount = 1) {
          values[indexes[name]] = (values[indexes[name]] as number) + amount;
        },
        set(name, value) {
          values[indexes[name]] = value;
        },
        get: (name) => values[indexes[name]] as number,
      };
    },
  };
}
