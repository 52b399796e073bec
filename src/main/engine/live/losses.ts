import { type EarlierLosses, type Losses, lossNames } from '../../../shared/model/index.js';
import type { DataFolder } from '../../home/folder.js';
import type { Logger } from '../../home/log.js';
import { openLossesFile } from '../../home/losses-file.js';

/** How often the figures are looked at. Reading them costs nothing. */
const lookMs = 250;

const nothing: Losses = { journal_errors: 0, damaged: 0, bodies_lost: 0, quarantined: 0 };

export interface LossesKept {
  /** What runs before this one lost; null where they lost nothing. */
  earlier(): EarlierLosses | null;
  /** Takes note of what they lost: how much that was, null for nothing. */
  acknowledge(): Losses | null;
  /** From now on what is lost is written down. */
  follow(current: () => Losses): void;
  /** Looks at once: something happened that may have been a loss. */
  note(): void;
  close(): void;
}

/** Keeps what was lost over the end of the run, so that a restart hides nothing. */
export function keepLosses(folder: DataFolder, log: Logger): LossesKept {
  const file = openLossesFile(folder);
  const { since, last_at, losses } = file.earlier;
  let acknowledged: Losses | undefined = file.earlier.acknowledged;
  if (!file.readable) log.warn({}, 'losses_unreadable');
  let current: () => Losses = () => nothing;
  const earlier = (): Losses =>
    Object.fromEntries(lossNames.map((name) => [name, losses[name] - (acknowledged ?? nothing)[name]])) as Losses;
  const isLoss = (some: Losses) => lossNames.some((name) => some[name] > 0);
  let written = '';
  let failed = false;
  let timer: NodeJS.Timeout | undefined;

  function note(): void {
    const now = current();
    const sum = Object.fromEntries(lossNames.map((name) => [name, losses[name] + now[name]])) as Losses;
    const text = JSON.stringify([sum, acknowledged]);
    if (text === written) return;
    const lost = isLoss(now);
    try {
      file.write({
        version: 1,
        since,
        last_at: lost ? new Date().toISOString() : last_at,
        losses: sum,
        ...(acknowledged === undefined ? {} : { acknowledged }),
      });
      written = text;
      failed = false;
    } catch (error) {
      // Tried again at the next look, until it can be written.
      if (!failed) log.error({ code: (error as NodeJS.ErrnoException).code ?? null }, 'losses_not_kept');
      failed = true;
    }
  }

  // Made while there is room for it.
  note();
  return {
    earlier: () => (last_at === null || !isLoss(earlier()) ? null : { since, last_at, ...earlier() }),
    acknowledge() {
      const noted = earlier();
      if (!isLoss(noted)) return null;
      acknowledged = losses;
      note();
      return noted;
    },
    follow(figures) {
      current = figures;
      timer = setInterval(note, lookMs).unref();
    },
    note,
    close() {
      clearInterval(timer);
      note();
      file.close();
    },
  };
}
