/**
 * Runs `work` at most once at a time. What is asked while it runs leads to one more run behind it, which therefore sees
 * what the asker knew; everyone gets the promise that their own run has ended. A run that throws does not cost the next.
 */
export function oneAtATime(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  const start = (): Promise<void> => {
    const mine = work().finally(() => {
      if (running === mine) running = null;
    });
    running = mine;
    return mine;
  };
  return () => {
    if (running === null) return start();
    const after = () => {
      next = null;
      return start();
    };
    next ??= running.then(after, after);
    return next;
  };
}
