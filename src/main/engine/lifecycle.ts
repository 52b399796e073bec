/** A step of the end: its name, the longest it is waited for (ms), and what it does. */
type Step = readonly [name: string, atMostMs: number, run: () => unknown];

/**
 * Carries out steps one after the other. One that throws or takes longer than its time is told (`failed` or `late`, for the log)
 * and the next begins: what comes last is reached in any case.
 */
async function inOrder(steps: readonly Step[], tell: (step: string, reason: 'failed' | 'late') => void): Promise<void> {
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

export interface Lifecycle {
  /** From now on `close` is part of the end; what was opened last is closed first. `atMostMs` is asked for at the end. */
  opened(name: string, close: () => unknown, atMostMs?: number | (() => number)): void;
  /** Closes everything once, however often it is asked for. */
  end(): Promise<void>;
}

const usualMs = 5000;

/** What has been opened so far and how it is given back: the same list ends a start that fails half way and a stop. */
export function createLifecycle(tell: (step: string, reason: 'failed' | 'late') => void): Lifecycle {
  const opened: { name: string; close: () => unknown; atMostMs: number | (() => number) }[] = [];
  let ending: Promise<void> | undefined;
  return {
    opened(name, close, atMostMs = usualMs) {
      opened.push({ name, close, atMostMs });
    },
    end() {
      ending ??= inOrder(
        opened
          .reverse()
          .map(({ name, close, atMostMs }) => [name, typeof atMostMs === 'number' ? atMostMs : atMostMs(), close]),
        tell,
      );
      return ending;
    },
  };
}
