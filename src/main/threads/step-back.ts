import { getPriority, setPriority } from 'node:os';

/** How nice threads are: what stores gives way to traffic, what nobody waits for gives way to both. */
export const nice = { storing: 5, working: 10 };

/**
 * Traffic and answers go first: the calling thread gets less of a busy processor. On Linux 0 names the thread; elsewhere it
 * would slow the whole process down. Whoever is that nice already may not become less so.
 */
export function stepBack(niceness: number): void {
  if (process.platform === 'linux' && getPriority(0) < niceness) setPriority(0, niceness);
}
