import type { Entity } from '../policy/entities.js';
import type { NameJudge } from '../policy/names.js';

/** Where a detector sees its entity: UTF-16 offsets in the text it was given. */
export interface Span {
  start: number;
  end: number;
  /** 0..1; 1 is certain (checksum and context). */
  confidence: number;
  /** Where it differs from the detector's own. */
  entity?: Entity;
  /** Where the detector has several kinds: the one that fired. */
  detector?: string;
  /** The value it stands for, where it is written in another spelling. */
  value?: string;
}

interface Base {
  id: string;
  entity: Entity;
  /**
   * True where the whole value is taken because of what stands before it. Such a span yields to a more exact one that
   * covers nearly all of it, and wins over those that cover only a part.
   */
  context?: true;
  /** True where what is found is never stored, whatever the policy keeps or allows. */
  always?: true;
}

/** Looks only where one of its anchors stands: the usual kind. Work for one anchor must be bounded. */
export interface AnchoredDetector extends Base {
  /** Lower-case ASCII literals; found in any case. */
  anchors: readonly string[];
  /** `start` and `end` delimit the anchor; not called for anchors inside its own last span. */
  at(text: string, start: number, end: number, names: NameJudge): Span | null;
}

/** Looks where at least `digits` digits stand close together; 0 for everywhere. Must take linear time. */
export interface DigitDetector extends Base {
  digits: number;
  find(text: string): Span[];
}

export type Detector = AnchoredDetector | DigitDetector;
