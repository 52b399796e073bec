import type { ItemDecision } from '../../../../shared/model/index.js';

/** Letters that come within it are kept together. */
const pauseMs = 250;

type Send = (itemId: string, draft: ItemDecision) => Promise<unknown>;

/** Has the engine keep what is said of items and not submitted yet: the newest of each, one after the other. */
export class DraftKeeper {
  readonly #waiting = new Map<string, ItemDecision>();
  readonly #send: Send;
  readonly #failed: (error: unknown) => void;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #sending: Promise<void> = Promise.resolve();

  constructor(send: Send, failed: (error: unknown) => void) {
    this.#send = send;
    this.#failed = failed;
  }

  /** `typed`: letter by letter, so more may follow at once. */
  keep(itemId: string, draft: ItemDecision, typed: boolean): void {
    this.#waiting.set(itemId, draft);
    if (!typed) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), pauseMs);
  }

  /** Sends what waits. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    for (const [itemId, draft] of this.#waiting) {
      this.#sending = this.#sending.then(() => this.#send(itemId, draft)).then(() => undefined, this.#failed);
    }
    this.#waiting.clear();
  }

  /** What waits of this item is not sent any more: it is decided. Resolves when nothing is under way. */
  decided(itemId: string): Promise<void> {
    this.#waiting.delete(itemId);
    return this.#sending;
  }
}
