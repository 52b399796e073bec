import type { AnchoredDetector, Detector, DigitDetector, Span } from '../detectors/types.js';
import { blank, blankPlaceholders, type Entity, mask } from '../entities.js';
import type { NameJudge } from '../names.js';
import { actionFor, type RedactionPolicy } from '../policy.js';
import { buildAutomaton, nextHit } from './automaton.js';
import { digitWindows } from './digit-windows.js';
import { applyEdits, composeEdits, type Edit, noEdits } from './edits.js';
import { layersOf } from './layers.js';
import { type Candidate, resolve } from './resolve.js';

/** Escapes inside escapes are followed so far: JSON in a shell string in a log line. */
const deepestLayer = 3;
/** From so many digits on, detectors share their windows. */
const manyDigits = 6;
/** A replacement can bring two neighbours together that only now look like something: scan again, so often at most. */
const rounds = 6;
/** A value that is sensitive for what its key, header or parameter is called. */
export interface Whole {
  start: number;
  end: number;
  entity: Entity;
  confidence: number;
  detector: string;
}

export interface Scanner {
  /** Edits for a plain text: every finding, resolved, none of them inside a placeholder. */
  scan(text: string, wholes?: readonly Whole[]): readonly Edit[];
}

export interface ScannerOptions {
  detectors: readonly Detector[];
  policy: RedactionPolicy;
  names: NameJudge;
  pseudonym(entity: Entity, value: string): string;
  onDetectorError(detector: string): void;
}

/** A detector failed on a text: the text must not pass. */
class DetectorFailure extends Error {
  readonly detector: string;
  constructor(detector: string) {
    super(detector);
    this.detector = detector;
  }
}

export function createScanner({ detectors, policy, names, pseudonym, onDetectorError }: ScannerOptions): Scanner {
  const ids = new Set<string>();
  for (const { id } of detectors) {
    if (ids.has(id)) throw new Error(`two detectors are called ${id}`);
    ids.add(id);
  }
  // Addresses are everywhere and found by nothing else: where they are kept, nobody looks for them.
  const wanted = detectors.filter(({ entity }) => entity !== 'URL' || actionFor(policy, entity) !== 'keep');
  const anchored = wanted.filter((detector): detector is AnchoredDetector => 'anchors' in detector);
  const finding = wanted.filter((detector): detector is DigitDetector => 'digits' in detector);
  const anywhere = finding.filter(({ digits }) => digits === 0);
  const digital = finding.filter(({ digits }) => digits > 0);
  // Few digits stand together nearly everywhere, many hardly anywhere: each sort has windows of its own.
  const sorts = [...new Set(digital.map(({ digits }) => Math.min(digits, manyDigits)))].map((least) => ({
    least,
    detectors: digital.filter(({ digits }) => Math.min(digits, manyDigits) === least),
  }));
  const literals = [...new Set(anchored.flatMap(({ anchors }) => anchors.map((anchor) => anchor.toLowerCase())))];
  const automaton = buildAutomaton(literals);
  const watchers = literals.map((literal) =>
    anchored.flatMap((detector, index) =>
      detector.anchors.some((anchor) => anchor.toLowerCase() === literal) ? [index] : [],
    ),
  );
  const allowed = new Set(policy.allow);

  /** Runs the detectors over one layer and turns their spans into candidates of the outermost text. */
  function collect(text: string, outer: (position: number) => number, depth: number, out: Candidate[]): void {
    const cursor = { at: 0, state: 0, digits: 0, most: 0 };
    let seenUpTo: Int32Array | null = null;
    while (nextHit(automaton, text, cursor)) {
      seenUpTo ??= new Int32Array(anchored.length);
      const end = cursor.at;
      for (const hit of automaton.output[cursor.state] ?? []) {
        const start = end - (literals[hit] as string).length;
        for (const index of watchers[hit] as number[]) {
          if (start < (seenUpTo[index] as number)) continue;
          const detector = anchored[index] as AnchoredDetector;
          const span = look(detector, text, start, end);
          if (span === null) continue;
          seenUpTo[index] = span.end;
          push(text, span, detector, outer, out);
        }
      }
    }
    for (const detector of anywhere) for (const span of findIn(detector, text)) push(text, span, detector, outer, out);
    for (const { least, detectors: some } of sorts) {
      if (cursor.most < least) continue;
      for (const [start, end] of digitWindows(text, least)) {
        const part = start === 0 && end === text.length ? text : text.slice(start, end);
        const to = start === 0 ? outer : (position: number): number => outer(start + position);
        for (const detector of some) {
          if (cursor.most < detector.digits) continue;
          for (const span of findIn(detector, part)) push(part, span, detector, to, out);
        }
      }
    }
    if (depth >= deepestLayer) return;
    for (const { text: decoded, outer: back, base } of layersOf(text)) {
      const to = (position: number): number => outer(base + back(position));
      collect(blankPlaceholders(decoded), to, depth + 1, out);
    }
  }

  function look(detector: AnchoredDetector, text: string, start: number, end: number): Span | null {
    try {
      return detector.at(text, start, end, names);
    } catch {
      throw new DetectorFailure(detector.id);
    }
  }

  function findIn(detector: DigitDetector, text: string): Span[] {
    try {
      return detector.find(text);
    } catch {
      throw new DetectorFailure(detector.id);
    }
  }

  function push(
    text: string,
    span: Span,
    detector: Detector,
    outer: (position: number) => number,
    out: Candidate[],
  ): void {
    const entity = span.entity ?? detector.entity;
    if (actionFor(policy, entity) === 'keep') return;
    let start = span.start;
    while (start < span.end) {
      const gap = text.indexOf(blank, start);
      const end = gap === -1 || gap > span.end ? span.end : gap;
      if (end > start) {
        const value = text.slice(start, end);
        const worth = (start === span.start && end === span.end) || /[\p{L}\p{N}]/u.test(value);
        if (worth && !allowed.has(value)) {
          out.push({
            start: outer(start),
            end: outer(end),
            confidence: span.confidence,
            entity,
            detector: span.detector ?? detector.id,
            context: detector.context === true,
            value,
          });
        }
      }
      start = end + 1;
    }
  }

  function edit(candidate: Candidate): Edit {
    const action = actionFor(policy, candidate.entity) === 'mask' ? 'mask' : 'pseudonym';
    const placeholder = action === 'mask' ? mask(candidate.entity) : pseudonym(candidate.entity, candidate.value);
    const { entity, detector, confidence, start, end } = candidate;
    return { start, end, text: placeholder, found: { entity, action, placeholder, detector, confidence } };
  }

  function once(text: string, wholes: readonly Whole[]): Edit[] {
    const blanked = blankPlaceholders(text);
    const candidates: Candidate[] = [];
    try {
      collect(blanked, identity, 0, candidates);
      for (const whole of wholes) {
        const asDetector = { id: whole.detector, entity: whole.entity, context: true } as Detector;
        push(blanked, whole, asDetector, identity, candidates);
      }
    } catch (error) {
      if (!(error instanceof DetectorFailure)) throw error;
      onDetectorError(error.detector);
      candidates.length = 0;
      const failed: Span = { start: 0, end: text.length, confidence: 1 };
      const asDetector = { id: error.detector, entity: 'SECRET' } as Detector;
      const letters = /[\p{L}\p{N}]/u.test(blanked.replaceAll(blank, ''));
      if (letters) push(blanked, failed, asDetector, identity, candidates);
    }
    return resolve(candidates).map(edit);
  }

  return {
    scan(text, wholes = []) {
      if (text.length < 3 && wholes.length === 0) return noEdits;
      let edits: readonly Edit[] = once(text, wholes);
      let current = text;
      let fresh = edits;
      for (let round = 1; round < rounds && fresh.length > 0; round++) {
        current = applyEdits(current, fresh);
        fresh = once(current, []);
        edits = composeEdits(edits, fresh);
      }
      return edits;
    },
  };
}

function identity(position: number): number {
  return position;
}
