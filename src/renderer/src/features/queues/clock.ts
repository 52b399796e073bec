/** Longest look at an item that counts: who is away does not work. */
const longestLook = 30 * 60_000;

/** Time at work on items: counted while one is shown and the window is in sight. */
export class Clock {
  readonly #spent = new Map<string, number>();
  #item: string | null = null;
  #since = 0;

  /** This one is shown now; `spent`: what the engine knows of it from before. */
  show(item: string | null, spent = 0): void {
    this.#stop();
    this.#item = item;
    if (item !== null && !this.#spent.has(item)) this.#spent.set(item, spent);
    this.#since = document.hidden ? 0 : performance.now();
  }

  seen(inSight: boolean): void {
    if (inSight) this.#since = performance.now();
    else this.#stop();
  }

  /** Milliseconds, whole ones. */
  spent(item: string): number {
    const before = this.#spent.get(item) ?? 0;
    return Math.round(before + (item === this.#item ? this.#look() : 0));
  }

  #look(): number {
    return this.#since === 0 ? 0 : Math.min(longestLook, performance.now() - this.#since);
  }

  #stop(): void {
    if (this.#item !== null) this.#spent.set(this.#item, (this.#spent.get(this.#item) ?? 0) + this.#look());
    this.#since = 0;
  }
}
