import type { Judgement, Score, Suggestion, TraceSummary } from '../../../shared/model/index.js';
import type { Listed } from '../../ground/list.js';

/** What is known of a trace when something is suggested. */
export interface Facts {
  trace: TraceSummary;
  /** Newest first. */
  scores: readonly Score[];
  /** What judges that ran here said: the newest by each rubric. */
  judgements: readonly Judgement[];
  /** Tool calls whose results say that they failed although nothing marks them so. */
  suspects: readonly { step_id: string | null; name: string; suspicion: number; reason: string | null }[];
  /** The trace that is kept of those that this one is nearly the same as; null where it is none of them, or that one. */
  duplicate_of: string | null;
}

export type Suggested = Pick<Suggestion, 'field' | 'value' | 'step_id' | 'confidence' | 'source' | 'evidence'>;

/** Something that suggests what a reviewer might say of a trace. It reads facts and stores nothing. */
export interface Suggester extends Listed {
  suggest(facts: Facts): Suggested[];
}
