/** A step of stopping: its name, the longest it is waited for (ms), and what it does. */
export type Step = readonly [name: string, atMostMs: number, run: () => unknown];

/**
 * Carries out steps one after the other. One that throws or takes longer than its time is told (`failed` or `late`, for the log)
 * and the next begins: what comes last is reached in any case.
 */
export async function inOrder(
  steps: readonly Step[],
  tell: (step: string, reason: 'failed' | 'late') => void,
): Promise<void> {
  for (const [name, atMostMs, run] of steps) {
    const late = Promise.withResolvers<'late'>();
    const timer = setTimeout(late.resolve, atMostMs, 'late');
    const done = (async () => {
      await run();
      return null;
    })().catch(() => 'failed' as const);
    const outcome = await Promise.race([done, late.promise]);
    clearTimeout(timer);
    if (outcome !== null) tell(name, outcome);
  }
}
