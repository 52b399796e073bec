/** A place in the journal; the same as the capture room's and the store's own. */
export interface Position {
  segment: number;
  offset: number;
}

/** Of its time the pipeline works so much while it falls behind. */
const shareWhenBehind = 0.2;
const segmentBytes = 32 * 1024 * 1024;

/** Bytes of journal between two positions; a segment that ended early counts as a whole one. */
const distance = (from: Position, to: Position) => (to.segment - from.segment) * segmentBytes + to.offset - from.offset;

/**
 * How long the pipeline rests after a batch. Where the journal grows faster than it can be emptied, what is stored now
 * is not stored sooner in the end, but takes from the traffic the processor that it needs: on few cores by far the larger
 * part. So a burst is left to the journal, and stored at full speed when it is over.
 */
export function createPace(): {
  /** After a batch that began and ended at these times (ms) and positions; `grown`: where the journal ends. Answers ms. */
  rest(batch: { from: Position; to: Position; began: number; ended: number }, grown: Position): number;
} {
  let before: { at: number; grown: Position } | null = null;
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
