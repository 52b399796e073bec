import { getPriority, setPriority } from 'node:os';

const niceness = 5;

/**
 * Traffic and answers go first: the calling thread gets less of a busy processor. On Linux 0 names the thread; elsewhere it
 * would slow the whole process down. Whoever is that nice already may not become less so.
 */
export function stepBack(): void {
  if (process.platform === 'linux' && getPriority(0) < niceness) setPriority(0, niceness);
}
