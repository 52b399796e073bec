import type { Step } from '../../../../shared/model/index.js';

/** One of the two lists. */
export interface CompareSide {
  /** What it is called, e.g. `A`. */
  name: string;
  /** Undefined: not read yet. */
  at(index: number): Step | undefined;
  /** Where the step can be read in its place; none where it has none. */
  href?(index: number): string;
}
