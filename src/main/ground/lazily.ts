/** Makes something when it is asked for first, once: a start is not to wait for what it may never need. */
export function lazily<T>(make: () => T): () => T {
  let made: { value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
