import { type Entity, isSecret } from '../policy/entities.js';

/** Confidence from which a secret's own form stands above other forms inside it. */
const keyForm = 0.93;

/** A span of one detector, in the outermost text, with the decoded value it stands for. */
export interface Candidate {
  start: number;
  end: number;
  confidence: number;
  entity: Entity;
  detector: string;
  context: boolean;
  /** Nothing of it may stay, whoever wins. */
  always: boolean;
  value: string;
}

/**
 * Settles conflicts by confidence, then length, then place; never by the order of detectors. A span taken for its
 * context yields to a more exact one that covers all but punctuation of it, and wins over those that cover only a
 * part. What a losing secret of at least 0.8 covers beyond the winner stays covered. Answers sorted, without overlaps.
 */
export function resolve(candidates: Candidate[]): Candidate[] {
  if (candidates.length < 2) return candidates;
  candidates.sort((a, b) => a.start - b.start || b.end - a.end);
  const out: Candidate[] = [];
  let group: Candidate[] = [];
  let reach = -1;
  for (const candidate of candidates) {
    if (candidate.start >= reach && group.length > 0) {
      settle(group, out);
      group = [];
    }
    group.push(candidate);
    reach = Math.max(reach, candidate.end);
  }
  settle(group, out);
  return out;
}

function settle(group: Candidate[], out: Candidate[]): void {
  if (group.length === 1) {
    out.push(group[0] as Candidate);
    return;
  }
  const ranked = group
    .map((candidate) => ({ candidate, rank: rankOf(candidate, group) }))
    .filter(({ rank }) => rank >= 0)
    .sort(
      (a, b) => b.rank - a.rank || length(b.candidate) - length(a.candidate) || a.candidate.start - b.candidate.start,
    );
  const taken: Candidate[] = [];
  for (const { candidate } of ranked) {
    let at = firstAfter(taken, candidate.start);
    let from = candidate.start;
    const free: [number, number][] = [];
    let besideKnown = candidate.always;
    for (let i = at; i < taken.length && (taken[i] as Candidate).start < candidate.end; i++) {
      const other = taken[i] as Candidate;
      besideKnown ||= other.always;
      if (other.start > from) free.push([from, other.start]);
      from = Math.max(from, other.end);
    }
    if (from < candidate.end) free.push([from, candidate.end]);
    const whole = free.length === 1 && free[0]?.[0] === candidate.start && free[0]?.[1] === candidate.end;
    // What a known value cut in two is still what it was: the rest of an address names its owner.
    if (!whole && !besideKnown && (candidate.confidence < 0.8 || !isSecret(candidate.entity))) continue;
    for (const [start, end] of free) {
      // Beside a winner, only what is worth hiding: one or two characters of punctuation are not.
      const value = whole ? candidate.value : candidate.value.slice(start - candidate.start, end - candidate.start);
      if (!whole && !/[\p{L}\p{N}]/u.test(value)) continue;
      at = firstAfter(taken, start);
      taken.splice(at, 0, whole ? candidate : { ...candidate, start, end, value });
    }
  }
  out.push(...taken);
}

/** Index of the first taken span that ends after `start`. */
function firstAfter(taken: readonly Candidate[], start: number): number {
  let low = 0;
  let high = taken.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((taken[middle] as Candidate).end <= start) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Confidence, except for context spans: above all others they hold, or out (-1) when those leave nothing of them. */
function rankOf(candidate: Candidate, group: readonly Candidate[]): number {
  if (candidate.always) return candidate.confidence + 0.05;
  // Digits in the middle of a key can pass for a card; the key is the whole.
  if (!candidate.context)
    return candidate.confidence + (isSecret(candidate.entity) && candidate.confidence >= keyForm ? 0.05 : 0);
  let best = -1;
  let covered = 0;
  let from = candidate.start;
  for (const other of group) {
    if (other === candidate || other.context || other.start < candidate.start || other.end > candidate.end) continue;
    best = Math.max(best, other.confidence);
    covered += Math.max(0, other.end - Math.max(from, other.start));
    from = Math.max(from, other.end);
  }
  if (best === -1) return candidate.confidence;
  const rest = candidate.end - candidate.start - covered;
  if (rest === 0 && best >= candidate.confidence) return -1;
  return rest === 0 ? candidate.confidence : 1 + candidate.confidence;
}

function length(candidate: Candidate): number {
  return candidate.end - candidate.start;
}
