/** A stream for readers that pull: who pushes waits until they have read what was pushed. */
export class Feed implements AsyncIterable<Uint8Array> {
  #chunk: Uint8Array | null = null;
  #ended = false;
  #given: (() => void) | null = null;
  #taken: (() => void) | null = null;

  push(chunk: Uint8Array): Promise<void> {
    this.#chunk = chunk;
    return this.#hand();
  }

  end(): Promise<void> {
    this.#ended = true;
    return this.#hand();
  }

  /** The reader has gone: nobody waits for it. */
  close(): void {
    this.#ended = true;
    this.#taken?.();
  }

  #hand(): Promise<void> {
    this.#given?.();
    this.#given = null;
    return new Promise((resolve) => {
      this.#taken = resolve;
    });
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      if (this.#chunk === null && !this.#ended) {
        this.#taken?.();
        this.#taken = null;
        await new Promise<void>((resolve) => {
          this.#given = resolve;
        });
      }
      const chunk = this.#chunk;
      this.#chunk = null;
      if (chunk !== null) yield chunk;
      else if (this.#ended) return;
    }
  }
}
