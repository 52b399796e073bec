// One after the other: an undo pressed right after a label must find that label done.
let line: Promise<unknown> = Promise.resolve();

/** Runs this when everything before it is done, however that ended. */
export function inLine<T>(work: () => Promise<T>): Promise<T> {
  const next = line.then(work, work);
  line = next.catch(() => undefined);
  return next;
}
