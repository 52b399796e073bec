import type { layoutIds, TrainerFinding, TrainerId } from '../../../shared/model/index.js';
import type { JsonObject } from '../../ground/json.js';
import type { Listed } from '../../ground/list.js';

/** A finding before it is known where its row stands. */
export type RowFinding = Omit<TrainerFinding, 'file' | 'row'>;

/** One reading of a file's rows, in their order. */
export interface RowCheck {
  /** What this trainer does to the row that nobody asked it to. */
  row(row: JsonObject): RowFinding[];
  /** The same of all of them together. */
  end?(): RowFinding[];
}

/** A trainer: what its own code does with a row, told without training. */
export interface Trainer extends Listed<TrainerId> {
  /** The version whose sources were read, and what it does with what is too long. */
  description: string;
  /** Layouts that it reads. */
  layouts: readonly (typeof layoutIds)[number][];
  /** What becomes of a row that is longer than the context. */
  tooLong: RowFinding['effect'];
  open(): RowCheck;
}
