/** Disjoint sets of the numbers 0 to `size` - 1. The smallest number of a set stands for it, in whichever order they were united. */
export class UnionFind {
  readonly #above: Int32Array;

  constructor(size: number) {
    this.#above = Int32Array.from({ length: size }, (_, at) => at);
  }

  find(member: number): number {
    const above = this.#above;
    let at = member;
    while (above[at] !== at) {
      // Halves the path for whoever asks next.
      above[at] = above[above[at] as number] as number;
      at = above[at] as number;
    }
    return at;
  }

  unite(a: number, b: number): void {
    const one = this.find(a);
    const other = this.find(b);
    if (one < other) this.#above[other] = one;
    else this.#above[one] = other;
  }
}
