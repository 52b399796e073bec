/** Of its time the pipeline works so much while it falls behind. */
const shareWhenBehind = 0.2;

/**
 * How long the pipeline rests after a batch. Where the journal grows faster than it can be emptied, what is stored now
 * is not stored sooner in the end, but takes from the traffic the processor that it needs: on few cores by far the larger
 * part. So a burst is left to the journal, and stored at full speed when it is over. `distance`: bytes of journal between
 * two places.
 */
export function createPace(distance: (from: string, to: string) => number): {
  /** After a batch that began and ended at these times (ms) and places; `grown`: where the journal ends. Answers ms. */
  rest(batch: { from: string; to: string; began: number; ended: number }, grown: string): number;
} {
  let before: { at: number; grown: string } | null = null;
  return {
    rest({ from, to, began, ended }, grown) {
      const last = before;
      before = { at: ended, grown };
      const took = ended - began;
      if (last === null || took <= 0) return 0;
      const growth = distance(last.grown, grown) / (ended - last.at);
      const speed = distance(from, to) / took;
      return growth > speed ? took * (1 / shareWhenBehind - 1) : 0;
    },
  };
}
